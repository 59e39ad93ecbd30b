namespace FdExporter.Web.Serving;

/// <summary>
/// One scan or inspection at a time. Scans go first, so that nobody who inspects processes holds up a scrape; of inspections
/// that wait one goes after so many scans, so that scrapes without a pause do not keep them waiting for ever.
/// </summary>
internal sealed class ScanLock(TimeProvider time)
{
    private const int MostScansInARow = 4;

    private readonly Lock _lock = new();

    /// <summary>Guarded by <see cref="_lock"/>, as the next four.</summary>
    private readonly Queue<TaskCompletionSource> _scans = [];
    private readonly Queue<TaskCompletionSource> _inspections = [];
    private int _scansInARow;
    private long _began;

    /// <summary>Ends when the one under way ends; null while there is none.</summary>
    private TaskCompletionSource? _underWay;

    /// <summary>For how long the one under way has been so; zero while there is none.</summary>
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

    /// <summary>The end of the one under way, without a place in the queue.</summary>
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
        if (_inspections.Count > 0 && (_scans.Count == 0 || _scansInARow >= MostScansInARow))
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
