using System.Collections.Immutable;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Files;
using FdExporter.Scanning.Inspection;
using FdExporter.Scanning.Pods;
using FdExporter.Scanning.Processes;
using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;
using FdExporter.Self;

namespace FdExporter.Scanning;

/// <summary>
/// Runs the collectors one after the other and returns a snapshot. Collectors keep their own state between scans; the caller
/// must run one scan at a time.
/// </summary>
internal sealed class HostScanner : IDisposable
{
    private readonly TimeProvider _time;
    private readonly ProcFs _procFs;
    private readonly SystemCollector _system;
    private readonly ProcessReader _process;
    private readonly TcpCollector _tcp;
    private readonly SocketOwnerCollector _socketOwner;
    private readonly FileCollector _files;
    private readonly ExporterProcessReader _exporter;
    private readonly ProcessInspector _inspector;
    private readonly ExporterRights _rights;
    private readonly bool? _isWholeMachine;
    private readonly CollectorReport _collectors;
    private readonly BlindnessReport _blindness;
    private readonly HandleCounter _handles;
    private readonly NamespaceReport _namespaces;
    private readonly HandleReserve? _reserve;
    private readonly ScanGarbage _garbage;

    private volatile IReadOnlyList<string> _expected = [];

    /// <summary>The exporter's own metrics at the end of the last scan, for snapshots returned before the end of the next.</summary>
    private ExporterProcess _own;

    /// <param name="reserve">Descriptors for reading when none are left; null for a single scan. Not disposed with this.</param>
    /// <param name="podLogs">Folder of the kubelet's logs, for the names of pods; null for none.</param>
    /// <exception cref="IOException">The procfs root cannot be opened, or shows no machine.</exception>
    internal HostScanner(string procFsRoot, ProcessNamer namer, TimeProvider time, ILogger<HostScanner> logger, HandleReserve? reserve = null, string? podLogs = null)
    {
        _time = time;
        _reserve = reserve;
        _garbage = new ScanGarbage(time);
        _procFs = ProcFs.OpenHost(procFsRoot, reserve?.Descriptors);
        _exporter = new ExporterProcessReader(reserve);
        _own = _exporter.Read();
        _system = new SystemCollector(_procFs);
        _process = new ProcessReader(_procFs, namer, time, logger, podLogs is null ? null : new PodNames(podLogs, time));
        _tcp = new TcpCollector(_procFs, time);
        _socketOwner = new SocketOwnerCollector(_procFs, time);
        _files = new FileCollector(_procFs, time);
        _inspector = new ProcessInspector(_procFs, _process, _tcp, _socketOwner, time);
        _handles = new HandleCounter(_procFs, time);
        _rights = ExporterRightsReader.Read();
        _isWholeMachine = PidNamespace.IsInitial(_procFs);
        _collectors = new CollectorReport(logger);
        _blindness = new BlindnessReport(_rights, logger);
        _namespaces = new NamespaceReport(logger);
    }

    internal SourceInfo Sources => new(_tcp.SourceName, _process.FdCountSourceName);

    /// <summary>Why TCP sockets are not read from sock_diag, in one line; null if they are.</summary>
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

        // Read before the processes are named: the groups of new rules must not be compared with names from old rules.
        IReadOnlyList<string> expected = _expected;
        ImmutableArray<CollectorOutcome>.Builder outcomes = ImmutableArray.CreateBuilder<CollectorOutcome>();
        FileHandles? fileHandles = null;
        ProcessTable? processes = null;
        TcpSocketTable? sockets = null;
        SocketOwnership? ownership = null;
        ImmutableArray<ListenerSample>? listeners = null;
        HostConnections? connections = null;
        FileUse? files = null;
        Run(Collectors.System, () => fileHandles = _system.Collect());
        Run(Collectors.Process, () => processes = _process.Collect(deadline));
        // Scanning only the host's sockets reads no process.
        Action<TcpSocketTable>? hostIsRead = progress is null ? null : host => progress.Publish(Snapshot() with { TcpNamespaces = [.. host.Namespaces] }, wanted);
        Run(Collectors.Tcp, () => sockets = _tcp.Collect(processes, deadline, wanted, hostIsRead));
        Run(Collectors.SocketOwner, () => ownership = processes is null || sockets is null
            ? throw new IOException("needs the collectors process and tcp")
            : CollectOwners(processes, sockets, deadline));
        Run(Collectors.Listeners, () => listeners = sockets is null || ownership is null
            ? throw new IOException("needs the collectors process, tcp and socket_owner")
            : _socketOwner.CollectListeners(sockets, visit => _tcp.ReadUnixListeners(visit, deadline)), needsTime: ownership is null);
        Run(Collectors.Connections, () => connections = sockets is null || ownership is null
            ? throw new IOException("needs the collectors process, tcp and socket_owner")
            : _socketOwner.CollectConnections(sockets), needsTime: ownership is null);
        Run(Collectors.Files, () => files = processes is null || ownership is null
            ? throw new IOException("needs the collectors process, tcp and socket_owner")
            : _files.Collect(_socketOwner, processes.Processes, deadline), needsTime: ownership is null);
        if (sockets is not null && ownership is not null)
        {
            _socketOwner.EndScan(sockets);
        }

        if (processes is not null)
        {
            _blindness.Report(processes, ownership);
        }

        if (sockets is not null && _tcp.Coverage is { } coverage)
        {
            _namespaces.Report(coverage);
        }

        ReleaseIdle();
        _garbage.ReturnSince(allocatedBefore);
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
            Listeners = listeners,
            Connections = connections,
            Files = files,
            Coverage = CoverageOf(processes),
            Exporter = _own,
            HandlesRefused = _reserve?.CurrentShortage,
            Sources = Sources,
            TcpCoverage = sockets is null ? null : _tcp.Coverage,
        };

        // What only adds up what others read, or keeps what it knows, is never left out for want of time.
        void Run(Collectors collector, Action collect, bool needsTime = true)
        {
            if (!wanted.HasFlag(collector))
            {
                return;
            }

            long started = _time.GetTimestamp();
            string? error = TryRun(collect, deadline, isWatched: processes is not null, needsTime);
            outcomes.Add(new CollectorOutcome(collector, _time.GetElapsedTime(started), error));
            _collectors.Report(collector, error);
            progress?.Publish(Snapshot(), wanted);
        }
    }

    /// <returns>Why it failed; null if it did not.</returns>
    private string? TryRun(Action collect, Deadline deadline, bool isWatched, bool needsTime)
    {
        try
        {
            if (needsTime)
            {
                deadline.ThrowIfPassed("waiting for its turn");
            }

            if (isWatched)
            {
                _process.Run(collect, deadline);
            }
            else
            {
                collect();
            }

            return null;
        }
#pragma warning disable CA1031 // Last line of defence: a bug in one collector must not stop the others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception is IOException or TimeoutException ? exception.Message : exception.ToString();
        }
    }

    /// <summary>A folder of captured files hides nothing: all that exists was captured.</summary>
    private Coverage CoverageOf(ProcessTable? processes)
        => new(_rights, _isWholeMachine, ShowsFirst: processes is null || !_procFs.IsKernel || processes.ShowsFirst);

    private SocketOwnership CollectOwners(ProcessTable processes, TcpSocketTable sockets, Deadline deadline)
    {
        SocketOwnership ownership = _socketOwner.Collect(processes, sockets, deadline, readUnix: visit => _tcp.ReadUnixStates(visit, deadline));
        return _tcp.MayFindCarried && _tcp.FindCarried(processes, _socketOwner.Carried(), deadline)
            ? _socketOwner.Collect(processes, sockets, deadline, isAgain: true, visit => _tcp.ReadUnixStates(visit, deadline))
            : ownership;
    }

    public void Dispose()
    {
        _exporter.Dispose();
        _process.Dispose();
        _tcp.Dispose();
        _procFs.Dispose();
    }
}
