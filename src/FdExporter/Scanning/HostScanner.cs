using System.Collections.Immutable;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>
/// Reads the machine, one collector after the other, into a snapshot. What a collector keeps between scans is its own;
/// one scan at a time is the caller's duty.
/// </summary>
internal sealed partial class HostScanner : IDisposable
{
    private readonly TimeProvider _time;
    private readonly ILogger<HostScanner> _logger;
    private readonly ProcFs _procFs;
    private readonly SystemCollector _system;
    private readonly ProcessReader _process;
    private readonly TcpCollector _tcp;
    private readonly SocketOwnerCollector _socketOwner;
    private readonly ExporterProcessReader _exporter;
    private readonly ProcessInspector _inspector;
    private readonly BlindnessReport _blindness;
    private readonly HandleReserve? _reserve;
    private readonly Dictionary<Collectors, string> _complaints = [];

    /// <param name="reserve">What to read with when there are no handles left; null for a single look. Not disposed with this.</param>
    /// <exception cref="IOException">The procfs root cannot be opened.</exception>
    internal HostScanner(string procFsRoot, ProcessNamer namer, TimeProvider time, ILogger<HostScanner> logger, HandleReserve? reserve = null)
    {
        _time = time;
        _logger = logger;
        _reserve = reserve;
        _procFs = ProcFs.Open(procFsRoot, reserve?.Descriptors);
        _exporter = new ExporterProcessReader(reserve);
        _system = new SystemCollector(_procFs);
        _process = new ProcessReader(_procFs, namer, time, logger);
        _tcp = new TcpCollector(_procFs, time);
        _socketOwner = new SocketOwnerCollector(_procFs, time);
        _inspector = new ProcessInspector(_procFs, _process, _tcp, _socketOwner, time);
        _blindness = new BlindnessReport(ExporterPrivileges.Read(), logger);
    }

    internal SourceInfo Sources => new(_tcp.SourceName, _process.FdCountSourceName);

    /// <summary>How many network namespaces beside the host's the last scan read, and how many of them as text.</summary>
    internal (int All, int AsText) ForeignNamespaces => _tcp.Foreign;

    /// <summary>Names every process anew from the next scan on. May be called at any time, by any thread.</summary>
    internal void NameBy(ProcessNamer namer) => _process.NameBy(namer);

    /// <summary>Lets go of what belongs to others and has not been used for a while; like a scan, one call at a time.</summary>
    internal void ReleaseIdle() => _tcp.ReleaseIdle();

    /// <summary>Looks at one process, descriptor by descriptor; like a scan, one call at a time.</summary>
    /// <returns>Null when there is no such process.</returns>
    /// <exception cref="IOException">The kernel has no handles left, or its tables cannot be read.</exception>
    internal ProcessInspection? TryInspect(int pid, Deadline deadline) => _inspector.TryInspect(pid, deadline);

    /// <summary>Likewise, and of a thread whose it is.</summary>
    /// <exception cref="IOException">The kernel has no handles left, or its tables cannot be read.</exception>
    internal InspectionAnswer Inspect(int pid, Deadline deadline) => _inspector.Inspect(pid, deadline);

    internal HostSnapshot Scan(Collectors wanted, Deadline deadline)
    {
        wanted = CollectorNames.WithPrerequisites(wanted);
        DateTimeOffset takenAt = _time.GetUtcNow();
        ImmutableArray<CollectorOutcome>.Builder outcomes = ImmutableArray.CreateBuilder<CollectorOutcome>();
        FileHandles? fileHandles = Run(Collectors.System, _system.Collect);
        ProcessTable? processes = Run(Collectors.Process, () => _process.Collect(deadline));
        TcpSocketTable? sockets = Run(Collectors.Tcp, () => _tcp.Collect(processes, deadline));
        SocketOwnership? ownership = Run(
            Collectors.SocketOwner,
            () => processes is null || sockets is null
                ? throw new IOException("needs the collectors process and tcp")
                : _socketOwner.Collect(processes, sockets, deadline));
        if (processes is not null)
        {
            _blindness.Report(processes, ownership);
        }

        ReleaseIdle();

        return new HostSnapshot
        {
            TakenAt = takenAt,
            Outcomes = outcomes.ToImmutable(),
            FileHandles = fileHandles,
            Processes = processes,
            TcpNamespaces = sockets is null ? null : [.. sockets.Namespaces],
            Ownership = ownership,
            Exporter = _exporter.Read(),
            HandlesRefused = _reserve?.Wanting,
            Sources = Sources,
        };

        T? Run<T>(Collectors collector, Func<T> collect)
            where T : class
        {
            if (!wanted.HasFlag(collector))
            {
                return null;
            }

            long started = _time.GetTimestamp();
            string? error = null;
            T? part = null;
            try
            {
                deadline.ThrowIfPassed("waiting for its turn");
                part = collect();
            }
#pragma warning disable CA1031 // The last line of defence: a defect in one collector must not blind the others.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                error = exception is IOException or TimeoutException ? exception.Message : exception.ToString();
            }

            outcomes.Add(new CollectorOutcome(collector, _time.GetElapsedTime(started), error));
            Report(collector, error);
            return part;
        }
    }

    /// <summary>Says each complaint once, not on each scrape, and once when it is over.</summary>
    private void Report(Collectors collector, string? error)
    {
        if (error is null)
        {
            if (_complaints.Remove(collector))
            {
                LogRecovered(collector);
            }
        }
        else if (!_complaints.TryGetValue(collector, out string? said) || said != error)
        {
            _complaints[collector] = error;
            LogFailed(collector, error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "collector failed")]
    private partial void LogFailed(Collectors collector, string err);

    [LoggerMessage(Level = LogLevel.Information, Message = "collector works again")]
    private partial void LogRecovered(Collectors collector);

    public void Dispose()
    {
        _exporter.Dispose();
        _process.Dispose();
        _tcp.Dispose();
        _procFs.Dispose();
    }
}
