using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Pods;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Processes;

/// <summary>
/// Reads the processes so that none of them can block a scan: if a read hangs, its thread and state are abandoned, and
/// reading starts again without that process.
/// </summary>
internal sealed partial class ProcessReader : IDisposable
{
    /// <summary>With this many hanging reads, only processes that do not look hung have their command line read.</summary>
    private const int ManyWaiting = 4;

    /// <summary>With this many, no command line is read any more.</summary>
    private const int MaxWaiting = 8;

    /// <summary>Maximum number of hanging threads; with so many, the cause is not a single process.</summary>
    private const int MaxHanging = 16;

    /// <summary>Share of the remaining time to wait for the first hanging process.</summary>
    private const double TimeoutShare = 0.25;

    internal static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// A read takes microseconds, and up to a tenth of a second on a swapping machine. While descriptors are listed, this is
    /// the limit for one batch.
    /// </summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);

    /// <summary>For further hanging processes of one scan, and for processes that hung before.</summary>
    internal static readonly TimeSpan ShortTimeout = TimeSpan.FromMilliseconds(250);

    private readonly ProcFs _procFs;
    private readonly Func<ProcessNamer, ProcessTable?, ProcessCollector> _makeCollector;
    private readonly HungProcesses _hung = new();
    private readonly ILogger _logger;
    private ReadingThread? _thread = ReadingThread.TryStart();

    /// <summary>Replaces an abandoned thread: at the thread limit no new one could be created.</summary>
    private ReadingThread? _spare;

    /// <summary>For the next watched work; never an abandoned one.</summary>
    private WatchedWork? _watched;

    /// <summary>Result and namer of the last scan, from which a replacing collector continues.</summary>
    private (ProcessNamer? Namer, ProcessTable? Table) _last;
    private int _naming;
    private volatile ProcessCollector _collector;

    /// <summary>The abandoned collector, until it is replaced.</summary>
    private (ProcessCollector Collector, bool IsUntouched)? _abandoned;
    private volatile ProcessNamer _namer;

    internal ProcessReader(ProcFs procFs, ProcessNamer namer, TimeProvider time, ILogger logger, PodNames? pods = null)
    {
        _procFs = procFs;
        procFs.MayAsk = MayAsk;
        _makeCollector = (current, before) => new ProcessCollector(procFs, current, time, _hung, before, pods);
        _logger = logger;
        _namer = namer;
        _collector = _makeCollector(namer, null);
    }

    internal string FdCountSourceName => _collector.FdCountSourceName;

    /// <summary>Names every process again, from the next scan on. Thread-safe.</summary>
    internal void NameBy(ProcessNamer namer)
    {
        _namer = namer;
        _collector.NameBy(namer);
    }

    /// <exception cref="IOException">
    /// The root cannot be listed, the kernel has no handles left, or too many processes hang at any file.
    /// </exception>
    /// <exception cref="TimeoutException">The deadline passed; an incomplete table would give wrong totals.</exception>
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

    /// <summary>Reads one process with its command line.</summary>
    /// <param name="pid">A process, or one of its threads.</param>
    /// <exception cref="IOException">The kernel has no handles left, or too many processes hang at any file.</exception>
    internal ReadStatus TryReadOne(int pid, Deadline deadline, out ReadProcess? process)
    {
        (ReadStatus status, process) = Read(collector => (collector.TryReadOne(pid, out ReadProcess? read), read), deadline);
        return status;
    }

    /// <summary>Whether it still runs and its pid was not reused.</summary>
    internal bool IsStillThere(ProcessId id) => _collector.IsStillThere(id);

    /// <summary>The user, besides root, to whom the kernel grants access to it as an owner; null if none or unknown.</summary>
    internal uint? ReadableBy(int pid) => _collector.ReadableBy(pid);

    /// <summary>
    /// Runs other work that asks about processes, on a thread that is abandoned if one of them hangs; the work is then
    /// repeated without that process. A failure in the middle must leave state fit for this.
    /// </summary>
    /// <exception cref="IOException">The exception of the work, or too many processes hang at any file.</exception>
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
                // It returned just now and has changed nothing.
                _watched = null;
                continue;
            }

            _watched = null;
            AbandonThread(thread, new ProcessId(watched.Pid, 0), HungAt.Anything);
            deadline.ThrowIfPassed($"asking about process {watched.Pid}");
        }
    }

    /// <summary>
    /// False for processes that hang at any file, and while several do, for those in uninterruptible sleep according to
    /// <c>status</c>, which never hangs.
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

    private static TimeSpan TimeoutOf(Deadline deadline) => TimeoutShare * deadline.Left is var share && share < s_timeout ? share : s_timeout;

    private T Read<T>(Func<ProcessCollector, T> read, Deadline deadline)
    {
        TimeSpan timeout = TimeoutOf(deadline);
        for (; ; timeout = ShortTimeout)
        {
            ReadingThread thread = Prepare();

            // Separate for each attempt: an abandoned one must not write into the next.
            ProcessCollector collector = TakeOver();
            T? result = default;
            ReadingWatch watch = new(collector, _hung, deadline, timeout);
            if (thread.TryRun(() => result = read(collector), Between, watch.IsStuck))
            {
                return result!;
            }

            AbandonThread(thread, watch.Id, watch.At);
            _abandoned = (_collector, IsUntouched: _collector.Abandon(watch.At == HungAt.Arguments ? watch.Id.Pid : 0));
            deadline.ThrowIfPassed("reading processes");
        }
    }

    /// <summary>Limits the number of threads that may hang, and never risks the last replacement thread.</summary>
    private CommandLineReads AllowedReads()
    {
        int waiting = _hung.Waiting - _hung.Hidden;
        bool hasSpare = Volatile.Read(ref _spare) is not null;
        return waiting >= MaxWaiting || (_hung.Waiting > 0 && !hasSpare) ? CommandLineReads.None
            : waiting >= ManyWaiting || !hasSpare ? CommandLineReads.OnlyAwake
            : CommandLineReads.All;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "reading a process hangs, continuing without it")]
    private partial void LogHangs(int pid, HungAt at);

    [LoggerMessage(Level = LogLevel.Information, Message = "process can be read again")]
    private partial void LogRecovered(int pid);

    public void Dispose()
    {
        _thread?.Dispose();
        _spare?.Dispose();
    }
}
