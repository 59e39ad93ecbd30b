using System.Threading.Channels;
using FdExporter.Grouping;

namespace FdExporter.Evidence;

/// <summary>
/// Passes scans to the recorder in the background, one after the other: no scrape waits for a disk. Of the scans that arrive
/// meanwhile only the last is kept; a threshold that is still crossed is crossed in that one too.
/// </summary>
internal sealed class EvidenceWorker : IDisposable
{
    /// <summary>A hanging disk must not delay the shutdown. An unfinished file has only a temporary name.</summary>
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

    /// <summary>Returns at once. Thread-safe.</summary>
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
            // Shutdown.
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
