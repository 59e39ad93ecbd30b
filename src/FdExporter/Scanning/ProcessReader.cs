using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// Has the processes read in such a way that none of them can keep a scan for itself: the reading thread and what it has in
/// its hands are left behind where it hangs, and the reading begins anew without that process.
/// </summary>
internal sealed partial class ProcessReader : IDisposable
{
    /// <summary>A thread for each; when so many hang, it is no single process that is ill.</summary>
    private const int MostHung = 16;

    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// A process that is busy is read within microseconds, and on a machine that swaps within a tenth of a second. Where its
    /// descriptors are listed, this is the time for one batch of them.
    /// </summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly Func<ProcessNamer, ProcessTable?, ProcessCollector> _makeCollector;
    private readonly HungProcesses _hung = new();
    private readonly ILogger _logger;
    private ReadingThread? _thread = ReadingThread.TryStart();

    /// <summary>Takes the place of one that is left behind: at the limit of threads there is none to be had.</summary>
    private ReadingThread? _spare;

    /// <summary>What the last scan found, and by whom it was named: a collector that takes the place of another goes on from there.</summary>
    private (ProcessNamer? Namer, ProcessTable? Table) _last;
    private int _naming;
    private volatile ProcessCollector _collector;
    private volatile ProcessNamer _namer;

    internal ProcessReader(ProcFs procFs, ProcessNamer namer, TimeProvider time, ILogger logger)
    {
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

    /// <exception cref="IOException">The root cannot be listed, the kernel has no handles left, or too many processes hang.</exception>
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
        return _last.Table! with { Hung = _hung.Count, Naming = _naming };
    }

    /// <summary>One process, read anew, with its command line.</summary>
    /// <param name="pid">Of a process, or of one of its threads.</param>
    /// <exception cref="IOException">The kernel has no handles left, or too many processes hang.</exception>
    internal ReadStatus TryReadOne(int pid, Deadline deadline, out ReadProcess? process)
    {
        (ReadStatus status, process) = Read(collector => (collector.TryReadOne(pid, out ReadProcess? read), read), deadline);
        return status;
    }

    /// <summary>Whether it has not ended, nor another process taken its pid.</summary>
    internal bool IsStillThere(ProcessId id) => _collector.IsStillThere(id);

    /// <summary>The user whom the kernel lets look into it as its own, beside root; null where there is none, or it cannot be told.</summary>
    internal uint? ReadableBy(int pid) => _collector.ReadableBy(pid);

    private T Read<T>(Func<ProcessCollector, T> read, Deadline deadline)
    {
        while (true)
        {
            if (_hung.Count >= MostHung)
            {
                throw new IOException($"{MostHung} processes hang when they are read; until one answers no other is tried");
            }

            ReadingThread thread = _thread ??= TakeSpare()
                ?? throw new IOException("no thread to read processes with: the limit of threads is reached (of the machine, the user or the control group)");
            if (Volatile.Read(ref _spare) is null && ReadingThread.TryStart() is { } spare)
            {
                KeepAsSpare(spare);
            }

            // Of this attempt alone: one that was left behind must not write into the next.
            ProcessCollector collector = _collector;
            T? result = default;
            Watch watch = new(collector, deadline);
            if (thread.TryRun(() => result = read(collector), s_between, watch.IsStuck))
            {
                return result!;
            }

            LeaveBehind(thread, watch.Pid, watch.At);
            deadline.ThrowIfPassed("reading processes");
        }
    }

    private ReadingThread? TakeSpare() => Interlocked.Exchange(ref _spare, null) ?? ReadingThread.TryStart();

    /// <summary>One that has come back is as good as a new one, which there may be none of.</summary>
    private void KeepAsSpare(ReadingThread thread)
    {
        if (Interlocked.CompareExchange(ref _spare, thread, null) is not null)
        {
            thread.Dispose();
        }
    }

    private void LeaveBehind(ReadingThread left, int pid, HungAt at)
    {
        _thread = null;
        _hung.Add(pid, at);
        LogHangs(pid, at);
        _collector.Abandon();
        left.WhenReturned(() =>
        {
            _hung.Remove(pid);
            LogAnswers(pid);
            KeepAsSpare(left);
        });

        // Not from the one that is left behind: it may still write into what it knows.
        ProcessNamer namer = _namer;
        _collector = _makeCollector(namer, namer == _last.Namer ? _last.Table : null);
        if (namer != _namer)
        {
            _collector.NameBy(_namer);
        }
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

    /// <summary>Sees that one attempt goes on.</summary>
    private sealed class Watch(ProcessCollector collector, Deadline deadline)
    {
        private int _looks;
        private int _progress;

        internal int Pid { get; private set; }

        internal HungAt At { get; private set; }

        internal bool IsStuck()
        {
            (int pid, HungAt at, int progress) = collector.Reading;
            _looks = pid != 0 && pid == Pid && progress == _progress ? _looks + 1 : 0;
            (Pid, At, _progress) = (pid, at, progress);

            // Past the deadline a process has as long as between two looks.
            return _looks * s_between >= (deadline.HasPassed ? s_between : s_patience);
        }
    }
}
