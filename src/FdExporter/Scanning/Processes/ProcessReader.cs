using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Processes;

/// <summary>
/// Has the processes read in such a way that none of them can keep a scan for itself: the reading thread and what it has in
/// its hands are left behind where it hangs, and the reading begins anew without that process.
/// </summary>
internal sealed partial class ProcessReader : IDisposable
{
    /// <summary>From so many on that are waited for, only those are asked that do not look as if they hung.</summary>
    private const int ManyWaiting = 4;

    /// <summary>From so many on no command line is asked for any more.</summary>
    private const int MostWaiting = 8;

    /// <summary>A thread for each; when so many hang whatever is read of them, it is no single process that is ill.</summary>
    private const int MostLeft = 16;

    /// <summary>So much of what is left of a scan's time is waited for the first.</summary>
    private const double ShareOfTime = 0.25;

    internal static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// A process that is busy is read within microseconds, and on a machine that swaps within a tenth of a second. Where its
    /// descriptors are listed, this is the time for one batch of them.
    /// </summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);

    /// <summary>For each further process of one scan, and for one that was waited for before.</summary>
    internal static readonly TimeSpan ShortTimeout = TimeSpan.FromMilliseconds(250);

    private readonly ProcFs _procFs;
    private readonly Func<ProcessNamer, ProcessTable?, ProcessCollector> _makeCollector;
    private readonly HungProcesses _hung = new();
    private readonly ILogger _logger;
    private ReadingThread? _thread = ReadingThread.TryStart();

    /// <summary>Takes the place of one that is left behind: at the limit of threads there is none to be had.</summary>
    private ReadingThread? _spare;

    /// <summary>For the next work that is watched; not one that was abandoned.</summary>
    private WatchedWork? _watched;

    /// <summary>What the last scan found, and by whom it was named: a collector that takes the place of another goes on from there.</summary>
    private (ProcessNamer? Namer, ProcessTable? Table) _last;
    private int _naming;
    private volatile ProcessCollector _collector;

    /// <summary>The collector, where it has been left behind and none has taken its place.</summary>
    private (ProcessCollector Collector, bool IsUntouched)? _abandoned;
    private volatile ProcessNamer _namer;

    internal ProcessReader(ProcFs procFs, ProcessNamer namer, TimeProvider time, ILogger logger)
    {
        _procFs = procFs;
        procFs.MayAsk = MayAsk;
        _makeCollector = (current, before) => new ProcessCollector(procFs, current, time, _hung, before);
        _logger = logger;
        _namer = namer;
        _collector = _makeCollector(namer, null);
    }

    internal string FdCountSourceName => _collector.FdCountSourceName;

    /// <summary>Names every process anew, from the next scan on; may be called by any thread at any time.</summary>
    internal void NameBy(ProcessNamer namer)
    {
        _namer = namer;
        _collector.NameBy(namer);
    }

    /// <exception cref="IOException">The root cannot be listed, the kernel has no handles left, or too many processes hang whatever is read of them.</exception>
    /// <exception cref="TimeoutException">The deadline passed; half a table would be wrong totals.</exception>
    internal ProcessTable Collect(Deadline deadline)
    {
        ProcessNamer? before = _last.Namer;
        _last = Read<(ProcessNamer, ProcessTable)>(
            collector =>
            {
                ProcessTable table = collector.Collect(deadline);
                return (collector.Namer, table);
            },
            deadline);
        _naming += _last.Namer == before ? 0 : 1;
        return _last.Table! with { Naming = _naming };
    }

    /// <summary>One process, read anew, with its command line.</summary>
    /// <param name="pid">Of a process, or of one of its threads.</param>
    /// <exception cref="IOException">The kernel has no handles left, or too many processes hang whatever is read of them.</exception>
    internal ReadStatus TryReadOne(int pid, Deadline deadline, out ReadProcess? process)
    {
        (ReadStatus status, process) = Read(collector => (collector.TryReadOne(pid, out ReadProcess? read), read), deadline);
        return status;
    }

    /// <summary>Whether it has not ended, nor another process taken its pid.</summary>
    internal bool IsStillThere(ProcessId id) => _collector.IsStillThere(id);

    /// <summary>The user whom the kernel lets look into it as its own, beside root; null where there is none, or it cannot be told.</summary>
    internal uint? ReadableBy(int pid) => _collector.ReadableBy(pid);

    /// <summary>
    /// Has something else done that asks about processes, by a thread that is left behind where one of them hangs; it is then
    /// done anew, without that process. What fails in the middle must leave everything fit for that.
    /// </summary>
    /// <exception cref="IOException">What the work throws, or too many processes hang whatever is read of them.</exception>
    /// <exception cref="TimeoutException">The deadline passed while a process hung.</exception>
    internal void Run(Action work, Deadline deadline)
    {
        TimeSpan timeout = TimeoutOf(deadline);
        for (; ; timeout = ShortTimeout)
        {
            ReadingThread thread = Prepare();
            WatchedWork watched = (_watched ??= new WatchedWork()).Of(work, deadline, timeout);
            try
            {
                if (thread.TryRun(watched.Do, Between, watched.IsStuck))
                {
                    return;
                }
            }
            catch (OperationCanceledException) when (watched.IsAbandoned)
            {
                // It came back just then, and has touched nothing.
                _watched = null;
                continue;
            }

            _watched = null;
            Leave(thread, new ProcessId(watched.Pid, 0), HungAt.Anything);
            deadline.ThrowIfPassed($"asking about process {watched.Pid}");
        }
    }

    /// <summary>
    /// Not one that hangs whatever is read of it, and while several do, none that waits in the kernel. Its <c>status</c> says so,
    /// which never hangs.
    /// </summary>
    private bool MayAsk(int pid)
    {
        if (_hung.Hidden == 0)
        {
            return true;
        }

        Span<byte> buffer = stackalloc byte[4096];
        return !_hung.IsHidden(pid)
            && (_hung.Hidden < ManyWaiting || ProcessStatus.TryRead(_procFs, pid, buffer, out ProcessStatus status) != ReadStatus.Ok || !status.IsWaiting);
    }

    private static TimeSpan TimeoutOf(Deadline deadline) => ShareOfTime * deadline.Left is var share && share < s_timeout ? share : s_timeout;

    private T Read<T>(Func<ProcessCollector, T> read, Deadline deadline)
    {
        TimeSpan timeout = TimeoutOf(deadline);
        for (; ; timeout = ShortTimeout)
        {
            ReadingThread thread = Prepare();

            // Of this attempt alone: one that was left behind must not write into the next.
            ProcessCollector collector = TakeOver();
            T? result = default;
            ReadingWatch watch = new(collector, _hung, deadline, timeout);
            if (thread.TryRun(() => result = read(collector), Between, watch.IsStuck))
            {
                return result!;
            }

            Leave(thread, watch.Id, watch.At);
            _abandoned = (_collector, IsUntouched: _collector.Abandon(watch.At == HungAt.Arguments ? watch.Id.Pid : 0));
            deadline.ThrowIfPassed("reading processes");
        }
    }

    /// <summary>The last thread that can take over is not put at risk, and neither are more than a few.</summary>
    private AskCaution CautionNow()
    {
        int waiting = _hung.Waiting - _hung.Hidden;
        bool hasSpare = Volatile.Read(ref _spare) is not null;
        return waiting >= MostWaiting || (_hung.Waiting > 0 && !hasSpare) ? AskCaution.Nobody
            : waiting >= ManyWaiting || !hasSpare ? AskCaution.Awake
            : AskCaution.None;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "process hangs when it is read, going on without")]
    private partial void LogHangs(int pid, HungAt at);

    [LoggerMessage(Level = LogLevel.Information, Message = "process can be read again")]
    private partial void LogAnswers(int pid);

    public void Dispose()
    {
        _thread?.Dispose();
        _spare?.Dispose();
    }
}
