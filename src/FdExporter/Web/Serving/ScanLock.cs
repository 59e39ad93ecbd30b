namespace FdExporter.Web.Serving;

/// <summary>
/// Admits one scan or inspection at a time. Scans go first, so that inspections do not delay a scrape. After several scans in a row a
/// waiting inspection goes first, so that continuous scrapes do not block it forever.
/// </summary>
internal sealed class ScanLock(TimeProvider time)
{
    private const int MaxScansInARow = 4;

    private readonly Lock _lock = new();

    /// <summary>Guarded by <see cref="_lock"/>, like the next four.</summary>
    private readonly Queue<TaskCompletionSource> _scans = [];
    private readonly Queue<TaskCompletionSource> _inspections = [];
    private int _scansInARow;
    private long _began;

    /// <summary>Completes when the current one ends; null if there is none.</summary>
    private TaskCompletionSource? _underWay;

    /// <summary>Duration of the current one so far; zero if there is none.</summary>
    internal TimeSpan UnderWayFor
    {
        get
        {
            lock (_lock)
            {
                return _underWay is null ? TimeSpan.Zero : time.GetElapsedTime(_began);
            }
        }
    }

    /// <summary>Completes when the current one ends, without queueing.</summary>
    internal Task UnderWay
    {
        get
        {
            lock (_lock)
            {
                return _underWay?.Task ?? Task.CompletedTask;
            }
        }
    }

    internal Task EnterForScanAsync() => EnterAsync(_scans);

    internal Task EnterForInspectionAsync() => EnterAsync(_inspections);

    internal void Leave()
    {
        TaskCompletionSource ended;
        TaskCompletionSource? next;
        lock (_lock)
        {
            ended = _underWay!;
            _underWay = null;
            next = Next();
            if (next is not null)
            {
                Begin();
            }
        }

        next?.SetResult();
        ended.SetResult();
    }

    private Task EnterAsync(Queue<TaskCompletionSource> queue)
    {
        lock (_lock)
        {
            if (_underWay is null)
            {
                Begin();
                return Task.CompletedTask;
            }

            TaskCompletionSource turn = New();
            queue.Enqueue(turn);
            return turn.Task;
        }
    }

    private TaskCompletionSource? Next()
    {
        if (_inspections.Count > 0 && (_scans.Count == 0 || _scansInARow >= MaxScansInARow))
        {
            _scansInARow = 0;
            return _inspections.Dequeue();
        }

        _scansInARow++;
        return _scans.TryDequeue(out TaskCompletionSource? scan) ? scan : null;
    }

    private void Begin() => (_underWay, _began) = (New(), time.GetTimestamp());

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
