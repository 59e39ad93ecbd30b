using System.Threading.Channels;
using FdExporter.Grouping;

namespace FdExporter.Evidence;

/// <summary>
/// Hands scans to the recorder in the background, one after the other: no scrape waits for a disk. Of the scans that come
/// meanwhile only the last is kept; what is crossed is crossed in that one too.
/// </summary>
internal sealed class EvidenceWorker : IDisposable
{
    /// <summary>A disk that hangs must not hold up the end. What is half written then has only a temporary name.</summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromMilliseconds(500);

    private readonly EvidenceRecorder _recorder;
    private readonly CancellationTokenSource _end = new();
    private readonly Channel<GroupedHost> _hosts = Channel.CreateBounded<GroupedHost>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Task _work;

    internal EvidenceWorker(EvidenceRecorder recorder)
    {
        _recorder = recorder;
        _work = Task.Run(WorkAsync);
    }

    /// <summary>Returns at once; by any thread.</summary>
    internal void Observe(GroupedHost host) => _hosts.Writer.TryWrite(host);

    private async Task WorkAsync()
    {
        _recorder.Prepare();
        try
        {
            await foreach (GroupedHost host in _hosts.Reader.ReadAllAsync(_end.Token).ConfigureAwait(false))
            {
                await _recorder.RecordAsync(host, _end.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // Told to end.
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        if (_work.Wait(s_timeout))
        {
            _end.Dispose();
        }
    }
}
