using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using FdExporter.Self;

namespace FdExporter.Web.Serving;

/// <summary>
/// Looks into processes for all who ask: into one at a time until the answers are made of it, since what is found may be as much
/// memory as the rest of the program takes. Those that wait are few for each client address, and take turns by it.
/// </summary>
internal sealed class Inspections : IDisposable
{
    /// <summary>Processes that wait for one client address; twice as many for all.</summary>
    private const int MostWaiting = 8;

    /// <summary>The garbage of so many descriptors is worth to be given back at once.</summary>
    private const int Many = 4000;

    /// <summary>For who made an answer of it to forget it, and for others to follow.</summary>
    private static readonly TimeSpan s_untilGivenBack = TimeSpan.FromSeconds(1);

    private readonly HostScanner _scanner;
    private readonly ScanLock _scanLock;
    private readonly TimeProvider _time;
    private readonly ITimer _garbage;
    private readonly FairShare _places = new(2 * MostWaiting);
    private readonly FairQueue _queue = new();
    private readonly Lock _lock = new();

    /// <summary>Those that have not begun, by process. Guarded by <see cref="_lock"/>.</summary>
    private readonly Dictionary<int, Shared> _waiting = [];

    internal Inspections(HostScanner scanner, ScanLock turn, TimeProvider time)
    {
        _scanner = scanner;
        _scanLock = turn;
        _time = time;
        _garbage = time.CreateTimer(static _ => ExporterMemory.GiveBack(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Joins the inspection of this process if it has not begun, or asks for one.</summary>
    /// <returns>To be disposed as soon as the answer is made.</returns>
    /// <exception cref="TimeoutException">It is not done within <paramref name="timeout"/>, or too many others wait for theirs.</exception>
    /// <exception cref="OperationCanceledException">This caller went away.</exception>
    /// <exception cref="IOException">The kernel has no handles left, its tables cannot be read, or there is too little memory.</exception>
    internal async Task<InspectionLease> InspectAsync(int pid, Client client, TimeSpan budget, TimeSpan timeout, CancellationToken cancellation)
    {
        Shared shared = Join(pid, client, budget);
        try
        {
            InspectionAnswer answer = await shared.Answer.WaitAsync(timeout, _time, cancellation).ConfigureAwait(false);
            return new InspectionLease(answer, () => Release(shared));
        }
        catch
        {
            Release(shared);
            throw;
        }
    }

    private Shared Join(int pid, Client client, TimeSpan budget)
    {
        lock (_lock)
        {
            if (!_waiting.TryGetValue(pid, out Shared? shared))
            {
                if (!_places.TryTake(client))
                {
                    throw new TimeoutException("Too many processes are being looked into, try again later.");
                }

                shared = new Shared();
                _waiting.Add(pid, shared);
                shared.Answer = Task.Run(() => RunAsync(pid, client, shared, budget));
            }

            shared.Holders++;
            return shared;
        }
    }

    private async Task<InspectionAnswer> RunAsync(int pid, Client client, Shared shared, TimeSpan budget)
    {
        await _queue.EnterAsync(client, CancellationToken.None).ConfigureAwait(false);
        await _scanLock.EnterForInspectionAsync().ConfigureAwait(false);
        try
        {
            lock (_lock)
            {
                _waiting.Remove(pid);
            }

            _places.Return(client);
            if (shared.Holders == 1)
            {
                // All who asked have gone away.
                return InspectionAnswer.None;
            }

            // From here on: a scan that it had to wait for is not its own fault.
            InspectionAnswer answer = _scanner.Inspect(pid, new Deadline(_time, budget));
            shared.IsLarge = answer.Inspection is { Fds.Length: > Many };
            return answer;
        }
        catch (OutOfMemoryException)
        {
            shared.IsLarge = true;
            throw new IOException("too little memory to look into it");
        }
        finally
        {
            _scanLock.Leave();
            Release(shared);
        }
    }

    private void Release(Shared shared)
    {
        lock (_lock)
        {
            if (--shared.Holders > 0)
            {
                return;
            }
        }

        if (shared.IsLarge)
        {
            _garbage.Change(s_untilGivenBack, Timeout.InfiniteTimeSpan);
        }

        _queue.Leave();
    }

    public void Dispose() => _garbage.Dispose();

    /// <summary>One inspection, for those who asked before it began.</summary>
    private sealed class Shared
    {
        internal Task<InspectionAnswer> Answer { get; set; } = null!;

        /// <summary>Who may still make an answer of it; itself until it is done. Written under the lock.</summary>
        internal int Holders { get; set; } = 1;

        internal bool IsLarge { get; set; }
    }
}
