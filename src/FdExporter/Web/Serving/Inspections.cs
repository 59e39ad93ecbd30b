using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using FdExporter.Self;

namespace FdExporter.Web.Serving;

/// <summary>
/// Inspects one process at a time, since a result may need as much memory as the rest of the program. The next inspection starts after the
/// answers of the previous one are written. The number of waiting inspections is limited per client address, and addresses take turns.
/// </summary>
internal sealed class Inspections : IDisposable
{
    /// <summary>Waiting processes per client address; twice as many in total.</summary>
    private const int MaxWaiting = 8;

    /// <summary>An inspection that allocated more, with its answers, leaves garbage that is collected at once. Unit: bytes.</summary>
    private const long LargeAllocation = 4 << 20;

    /// <summary>Delay for releasing the result. A next inspection before that collects the garbage of the previous one.</summary>
    private static readonly TimeSpan s_garbageDelay = TimeSpan.FromSeconds(1);

    private readonly HostScanner _scanner;
    private readonly ScanLock _scanLock;
    private readonly TimeProvider _time;
    private readonly ITimer _garbage;
    private readonly FairShare _places = new(2 * MaxWaiting);
    private readonly FairQueue _queue = new();
    private readonly Lock _lock = new();

    /// <summary>Inspections that have not begun, by process. Guarded by <see cref="_lock"/>.</summary>
    private readonly Dictionary<int, Shared> _waiting = [];

    private int _hasGarbage;

    internal Inspections(HostScanner scanner, ScanLock scanLock, TimeProvider time)
    {
        _scanner = scanner;
        _scanLock = scanLock;
        _time = time;
        _garbage = time.CreateTimer(_ => CollectGarbage(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Joins the inspection of this process if it has not begun, or requests one.</summary>
    /// <returns>Dispose as soon as the answer is written.</returns>
    /// <exception cref="TimeoutException">It did not finish within <paramref name="timeout"/>, or too many others are waiting.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="IOException">No handles left, the kernel's tables cannot be read, or too little memory.</exception>
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
                    throw new TimeoutException("Too many processes are being inspected, try again later.");
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
                // All callers have cancelled.
                return InspectionAnswer.None;
            }

            CollectGarbage();
            shared.AllocatedBefore = GC.GetTotalAllocatedBytes();

            // The budget starts here, after waiting for a scan.
            return _scanner.Inspect(pid, new Deadline(_time, budget));
        }
        catch (OutOfMemoryException)
        {
            throw new IOException("too little memory to inspect the process");
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

        if (shared.AllocatedBefore is { } before && GC.GetTotalAllocatedBytes() - before > LargeAllocation)
        {
            Volatile.Write(ref _hasGarbage, 1);
            _garbage.Change(s_garbageDelay, Timeout.InfiniteTimeSpan);
        }

        _queue.Leave();
    }

    private void CollectGarbage()
    {
        if (Interlocked.Exchange(ref _hasGarbage, 0) == 1)
        {
            ExporterMemory.CollectGarbage();
        }
    }

    public void Dispose() => _garbage.Dispose();

    /// <summary>One inspection, shared by all requests that arrived before it began.</summary>
    private sealed class Shared
    {
        internal Task<InspectionAnswer> Answer { get; set; } = null!;

        /// <summary>
        /// Callers that may still write an answer from it, plus the inspection itself until it is done. Written under the lock.
        /// </summary>
        internal int Holders { get; set; } = 1;

        /// <summary>Bytes that were allocated in total before it began; null if it has not.</summary>
        internal long? AllocatedBefore { get; set; }
    }
}
