using System.Collections.Immutable;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Inspection;
using FdExporter.Scanning.Processes;
using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;
using FdExporter.Self;

namespace FdExporter.Scanning;

/// <summary>
/// Runs the collectors one after the other and returns a snapshot. Collectors keep their own state between scans; the caller
/// must run one scan at a time.
/// </summary>
internal sealed partial class HostScanner : IDisposable
{
    /// <summary>A scan with such allocations is the first of a large machine, or the machine has grown. Unit: bytes.</summary>
    private const long LargeAllocation = 4 << 20;

    /// <summary>
    /// Returning garbage to the kernel takes about ten milliseconds, too much for each scan of a machine where many processes
    /// start.
    /// </summary>
    private static readonly TimeSpan s_collectInterval = TimeSpan.FromMinutes(1);

    private long? _lastCollect;

    private readonly TimeProvider _time;
    private readonly ILogger<HostScanner> _logger;
    private readonly ProcFs _procFs;
    private readonly SystemCollector _system;
    private readonly ProcessReader _process;
    private readonly TcpCollector _tcp;
    private readonly SocketOwnerCollector _socketOwner;
    private readonly ExporterProcessReader _exporter;
    private readonly ProcessInspector _inspector;
    private readonly ExporterRights _rights;
    private readonly bool? _isWholeMachine;
    private readonly BlindnessReport _blindness;
    private readonly HandleCounter _handles;
    private readonly NamespaceReport _namespaces;
    private readonly HandleReserve? _reserve;
    private readonly Dictionary<Collectors, string> _reportedErrors = [];

    private volatile IReadOnlyList<string> _expected = [];

    /// <summary>The exporter's own metrics at the end of the last scan, for snapshots returned before the end of the next.</summary>
    private ExporterProcess _own;

    /// <param name="reserve">Descriptors for reading when none are left; null for a single scan. Not disposed with this.</param>
    /// <exception cref="IOException">The procfs root cannot be opened, or shows no machine.</exception>
    internal HostScanner(string procFsRoot, ProcessNamer namer, TimeProvider time, ILogger<HostScanner> logger, HandleReserve? reserve = null)
    {
        _time = time;
        _logger = logger;
        _reserve = reserve;
        _procFs = ProcFs.OpenHost(procFsRoot, reserve?.Descriptors);
        _exporter = new ExporterProcessReader(reserve);
        _own = _exporter.Read();
        _system = new SystemCollector(_procFs);
        _process = new ProcessReader(_procFs, namer, time, logger);
        _tcp = new TcpCollector(_procFs, time);
        _socketOwner = new SocketOwnerCollector(_procFs, time);
        _inspector = new ProcessInspector(_procFs, _process, _tcp, _socketOwner, time);
        _handles = new HandleCounter(_procFs, time);
        _rights = ExporterRightsReader.Read();
        _isWholeMachine = PidNamespace.IsInitial(_procFs);
        _blindness = new BlindnessReport(_rights, logger);
        _namespaces = new NamespaceReport(logger);
    }

    internal SourceInfo Sources => new(_tcp.SourceName, _process.FdCountSourceName);

    /// <summary>Why TCP sockets do not come from sock_diag, in one line; null where they do.</summary>
    internal string? TcpSourceReason => _tcp.SourceReason;

    /// <summary>Number of network namespaces besides the host's in the last scan, and how many of them were read as text.</summary>
    internal (int All, int AsText) ForeignNamespaces => _tcp.Foreign;

    /// <summary>Names every process again from the next scan on. Thread-safe.</summary>
    /// <param name="expected">Names of groups that are shown even while no process has them.</param>
    internal void NameBy(ProcessNamer namer, IReadOnlyList<string> expected)
    {
        _process.NameBy(namer);
        _expected = expected;
    }

    /// <summary>Releases foreign resources that were not used for a while; like a scan, one call at a time.</summary>
    internal void ReleaseIdle() => _tcp.ReleaseIdle();

    /// <summary>Inspects one process, descriptor by descriptor; like a scan, one call at a time.</summary>
    /// <returns>Null if there is no such process.</returns>
    /// <exception cref="IOException">The kernel has no handles left, or its tables cannot be read.</exception>
    internal ProcessInspection? TryInspect(int pid, Deadline deadline) => Inspect(pid, deadline).Inspection;

    /// <summary>Same, also for a thread.</summary>
    /// <exception cref="IOException">The kernel has no handles left, or its tables cannot be read.</exception>
    internal InspectionAnswer Inspect(int pid, Deadline deadline)
    {
        InspectionAnswer answer = _inspector.Inspect(pid, deadline);
        return answer.Inspection is { } inspection ? answer with { Inspection = inspection with { Coverage = CoverageOf(null) } } : answer;
    }

    /// <summary>The open files behind the descriptors of these processes; thread-safe, also during a scan.</summary>
    /// <returns>Null if unknown.</returns>
    internal Task<HandleCount?> CountHandlesAsync(ProcessTable table, TimeSpan budget) => _handles.CountAsync(table, budget);

    /// <param name="progress">Notified after each collector, for callers that cannot wait for the last; null if not needed.</param>
    internal HostSnapshot Scan(Collectors wanted, Deadline deadline, ScanProgress? progress = null)
    {
        long allocatedBefore = GC.GetTotalAllocatedBytes();
        wanted = CollectorNames.WithPrerequisites(wanted);
        DateTimeOffset takenAt = _time.GetUtcNow();

        // Before the processes are named: what new rules expect is not looked for among the names of the old ones.
        IReadOnlyList<string> expected = _expected;
        ImmutableArray<CollectorOutcome>.Builder outcomes = ImmutableArray.CreateBuilder<CollectorOutcome>();
        FileHandles? fileHandles = null;
        ProcessTable? processes = null;
        TcpSocketTable? sockets = null;
        SocketOwnership? ownership = null;
        Run(Collectors.System, () => fileHandles = _system.Collect());
        Run(Collectors.Process, () => processes = _process.Collect(deadline));
        // Scanning only the host's sockets reads no process.
        Action<TcpSocketTable>? hostIsRead = progress is null ? null : host => progress.Publish(Snapshot() with { TcpNamespaces = [.. host.Namespaces] }, wanted);
        Run(Collectors.Tcp, () => sockets = _tcp.Collect(processes, deadline, wanted.HasFlag(Collectors.SocketOwner), hostIsRead), isWatched: processes is not null);
        Run(
            Collectors.SocketOwner,
            () => ownership = processes is null || sockets is null
                ? throw new IOException("needs the collectors process and tcp")
                : CollectOwners(processes, sockets, deadline),
            isWatched: processes is not null);
        if (processes is not null)
        {
            _blindness.Report(processes, ownership);
        }

        if (sockets is not null && _tcp.Coverage is { } coverage)
        {
            _namespaces.Report(coverage);
        }

        ReleaseIdle();
        if (GC.GetTotalAllocatedBytes() - allocatedBefore > LargeAllocation && (_lastCollect is not { } last || _time.GetElapsedTime(last) > s_collectInterval))
        {
            _lastCollect = _time.GetTimestamp();
            ExporterMemory.GiveBack();
        }

        _own = _exporter.Read();
        return Snapshot();

        HostSnapshot Snapshot() => new()
        {
            TakenAt = takenAt,
            Outcomes = outcomes.ToImmutable(),
            FileHandles = fileHandles,
            Processes = processes,
            ExpectedGroups = expected,
            TcpNamespaces = sockets is null ? null : [.. sockets.Namespaces],
            Ownership = ownership,
            Coverage = CoverageOf(processes),
            Exporter = _own,
            HandlesRefused = _reserve?.CurrentShortage,
            Sources = Sources,
            TcpCoverage = sockets is null ? null : _tcp.Coverage,
        };

        void Run(Collectors collector, Action collect, bool isWatched = false)
        {
            if (!wanted.HasFlag(collector))
            {
                return;
            }

            long started = _time.GetTimestamp();
            string? error = null;
            try
            {
                deadline.ThrowIfPassed("waiting for its turn");
                if (isWatched)
                {
                    _process.Run(collect, deadline);
                }
                else
                {
                    collect();
                }
            }
#pragma warning disable CA1031 // Last line of defence: a bug in one collector must not stop the others.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                error = exception is IOException or TimeoutException ? exception.Message : exception.ToString();
            }

            outcomes.Add(new CollectorOutcome(collector, _time.GetElapsedTime(started), error));
            Report(collector, error);
            progress?.Publish(Snapshot(), wanted);
        }
    }

    /// <summary>A folder of captured files hides nothing: all that exists was captured.</summary>
    private Coverage CoverageOf(ProcessTable? processes)
        => new(_rights, _isWholeMachine, ShowsFirst: processes is null || !_procFs.IsKernel || processes.ShowsFirst);

    private SocketOwnership CollectOwners(ProcessTable processes, TcpSocketTable sockets, Deadline deadline)
    {
        SocketOwnership ownership = _socketOwner.Collect(processes, sockets, deadline);
        return _tcp.MayFindCarried && _tcp.FindCarried(processes, _socketOwner.Carried(), deadline)
            ? _socketOwner.Collect(processes, sockets, deadline, isAgain: true)
            : ownership;
    }

    /// <summary>Logs each error once, not on each scrape, and once when it is over.</summary>
    private void Report(Collectors collector, string? error)
    {
        if (error is null)
        {
            if (_reportedErrors.Remove(collector))
            {
                LogRecovered(collector);
            }
        }
        else if (!_reportedErrors.TryGetValue(collector, out string? said) || said != error)
        {
            _reportedErrors[collector] = error;
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
