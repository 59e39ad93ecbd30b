using System.Net;

namespace FdExporter.Web.Serving;

/// <summary>Admits one request at a time. Addresses take turns; requests of one address are served in order.</summary>
internal sealed class FairQueue
{
    /// <summary>Stands for clients without an address.</summary>
    private static readonly IPAddress s_noAddress = IPAddress.None;

    private readonly Lock _lock = new();

    /// <summary>Addresses in the order of their turns. Guarded by <see cref="_lock"/>, like the next two.</summary>
    private readonly Queue<IPAddress> _round = [];
    private readonly Dictionary<IPAddress, Queue<TaskCompletionSource>> _waiting = [];
    private bool _isTaken;

    /// <exception cref="OperationCanceledException">Cancelled while waiting; its place in the queue is released.</exception>
    internal async Task EnterAsync(Client client, CancellationToken cancellation)
    {
        TaskCompletionSource turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (!_isTaken)
            {
                _isTaken = true;
                return;
            }

            IPAddress address = client.Network ?? s_noAddress;
            if (!_waiting.TryGetValue(address, out Queue<TaskCompletionSource>? others))
            {
                _waiting.Add(address, others = []);
                _round.Enqueue(address);
            }

            others.Enqueue(turn);
        }

        using CancellationTokenRegistration gone = cancellation.Register(() => turn.TrySetCanceled(cancellation));
        await turn.Task.ConfigureAwait(false);
    }

    internal void Leave()
    {
        lock (_lock)
        {
            while (_round.TryDequeue(out IPAddress? address))
            {
                Queue<TaskCompletionSource> own = _waiting[address];
                TaskCompletionSource next = own.Dequeue();
                if (own.Count > 0)
                {
                    _round.Enqueue(address);
                }
                else
                {
                    _waiting.Remove(address);
                }

                if (next.TrySetResult())
                {
                    return;
                }
            }

            _isTaken = false;
        }
    }
}
