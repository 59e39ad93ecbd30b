using System.Text;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Processes;
using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Inspection;

/// <summary>
/// Inspects one process on request: follows each descriptor, and finds each socket in the tables of its network namespace.
/// Never on a scrape.
/// </summary>
internal sealed class ProcessInspector(ProcFs procFs, ProcessReader processes, TcpCollector tcp, SocketOwnerCollector owners, TimeProvider time)
{
    /// <summary>Number of descriptors between two checks of the clock.</summary>
    private const int DeadlineEvery = 64;

    /// <summary>Maximum number of sockets without a table entry whose namespace is queried.</summary>
    private const int MaxNamespaceQueries = 256;

    /// <summary>Maximum number of connected servers on this machine to look up.</summary>
    private const int MaxServers = 4;

    /// <summary>Maximum number of descriptors to list; the others are counted.</summary>
    internal int MostListed { get; init; } = ProcessInspection.MostListed;

    private readonly FdLinks _links = new(procFs);
    private readonly ProtocolTables _tables = new(procFs, tcp);
    private readonly InterfaceNames _interfaces = new(procFs);
    private readonly UndescribedFiles _undescribed = new(procFs);
    private readonly SocketNames _names = new(procFs);
    private readonly ProcessRunReader _run = new(procFs);

    /// <returns>Null if there is no such process, or it cannot be identified.</returns>
    /// <exception cref="IOException">The kernel has no handles left, or its tables cannot be read.</exception>
    internal ProcessInspection? TryInspect(int pid, Deadline deadline) => Inspect(pid, deadline).Inspection;

    /// <param name="pid">A process, or a thread, whose own descriptor table is inspected if it has one.</param>
    /// <exception cref="IOException">The kernel has no handles left, or its tables cannot be read.</exception>
    internal InspectionAnswer Inspect(int pid, Deadline deadline)
    {
        DateTimeOffset takenAt = time.GetUtcNow();
        return processes.TryReadOne(pid, deadline, out ReadProcess? read) != ReadStatus.Ok || read is null ? InspectionAnswer.None
            : read is { Thread: not null, HasOwnTable: false } ? new InspectionAnswer(null, read.Sample)
            : new InspectionAnswer(TryInspectWatched(read, takenAt, deadline), null);
    }

    private ProcessInspection? TryInspectWatched(ReadProcess read, DateTimeOffset takenAt, Deadline deadline)
    {
        ProcessInspection? inspection = null;
        processes.Run(() => inspection = TryInspect(read, takenAt, deadline), deadline);
        return inspection;
    }

    private ProcessInspection? TryInspect(ReadProcess read, DateTimeOffset takenAt, Deadline deadline)
    {
        ProcessSample process = read.Sample;
        FdTables tables = process.Facts.Tables;
        uint? readableBy = processes.ReadableBy(process.Id.Pid);
        if (process.Facts.IsKernelThread || process.Facts.IsZombie)
        {
            // A zombie holds nothing.
            return InspectionOf(isVisible: true);
        }

        if (!procFs.MayAsk(process.Id.Pid))
        {
            return InspectionOf(isVisible: false);
        }

        List<FdSample> fds = [];
        List<int> rings = [];
        List<HeldSample> held = [];
        bool isHeldKnown = true;
        SocketSearch search = new(owners, _interfaces);
        ProcessId id = process.Id;
        FdTypeCounts types = default;
        int unlisted = 0;
        int targets = 0;
        bool isCutShort = false;
        FdPosition next = default;
        ReadStatus status = FdTableWalk.TryWalk(_links, process.Id.Pid, tables, ref next, (number, link, target) =>
        {
            if (link.Kind == FdKind.IoUring)
            {
                rings.Add(number);
            }

            FdType type = FdTypes.Of(link.Kind);
            types[type]++;
            if (fds.Count == MostListed || targets > ProcessInspection.MostTargets - target.Length)
            {
                unlisted++;
                return unlisted % DeadlineEvery != 0 || !deadline.HasPassed;
            }

            if (type == FdType.Socket)
            {
                search.Add(link.SocketInode, fds.Count);
            }

            targets += target.Length;
            fds.Add(new FdSample(number, type, Encoding.UTF8.GetString(target), null) { Thread = next.Table == 0 ? null : tables.Threads[next.Table] });
            return fds.Count % DeadlineEvery != 0 || !deadline.HasPassed;
        });
        if (status == ReadStatus.Ok)
        {
            isCutShort = next != default;
            isHeldKnown = _undescribed.TryReadRings(FdTableFolders.FolderOf(in process), rings, MostListed, deadline, held);
            for (int i = 0; i < held.Count; i++)
            {
                if (held[i].File is { Type: FdType.Socket } file && FdLink.Parse(Encoding.UTF8.GetBytes(file.Target)).SocketInode is not 0 and var inode)
                {
                    search.AddHeld(inode, i);
                }
            }

            try
            {
                Find(in process, search, fds, held, deadline);
                isHeldKnown &= _undescribed.TryReadReceivers(FdTableFolders.FolderOf(in process), fds, deadline, held);
            }
            catch (KernelException) when (!IsStillThere())
            {
                // Its namespace and tables are gone too.
                return null;
            }

            if (!procFs.IsKernel)
            {
                // In captured folders the order is arbitrary.
                fds.Sort(static (a, b) => a.Number.CompareTo(b.Number));
            }
        }

        // If it ended meanwhile or the pid was reused, the result would be incomplete.
        return !IsStillThere() ? null
            : status == ReadStatus.Ok ? InspectionOf(isVisible: true) with { Types = types, Fds = [.. fds], Unlisted = unlisted, IsCutShort = isCutShort, Held = [.. held], IsHeldKnown = isHeldKnown, Servers = [.. ServersOf(search)] }
            : InspectionOf(isVisible: false);

        bool IsStillThere() => processes.IsStillThere(process.Id);

        ProcessInspection InspectionOf(bool isVisible) => new()
        {
            TakenAt = takenAt,
            Process = process,
            Thread = read.Thread,
            Arguments = read.Arguments,

            // Read before and after its descriptors: it may have called exec meanwhile.
            ReadableBy = processes.ReadableBy(process.Id.Pid) == readableBy ? readableBy : null,
            IsVisible = isVisible,
            Types = default,
            Fds = [],
            Unlisted = 0,
            IsCutShort = false,
        };
    }

    private void Find(in ProcessSample process, SocketSearch search, List<FdSample> fds, List<HeldSample> held, Deadline deadline)
    {
        if (search.Count == 0)
        {
            return;
        }

        _interfaces.Clear();
        ProcFolder folder = FdTableFolders.FolderOf(in process);
        tcp.ReadNamespaceOf(folder, search);

        // In a captured root the tables are those of pid 1.
        _tables.Find(procFs.IsKernel ? folder : 1, search, isOwn: true);
        if (search.Missing > 0 && procFs.IsKernel)
        {
            FindInOtherNamespaces(process.Id, folder, search, fds, deadline);
        }

        search.Resolve(fds, held, process.Id);
        _names.Complete(folder, fds, deadline);
    }

    /// <summary>A socket may belong to another namespace than its holder, even to one without processes.</summary>
    private void FindInOtherNamespaces(ProcessId id, ProcFolder folder, SocketSearch search, List<FdSample> fds, Deadline deadline)
    {
        ProcFolder lives = default;
        tcp.ReadOtherNamespaces(folder, search, process =>
        {
            bool goesOn = EndNamespace() && !deadline.HasPassed;
            lives = goesOn ? process : default;
            return goesOn;
        });
        _ = EndNamespace();

        // Namespaces that no scan found. Reading one finds at least one socket.
        for (int tries = 0; tries < MaxNamespaceQueries && !deadline.HasPassed && search.TryTakeMissing(out ulong inode, out int index); tries++)
        {
            search.EndNamespace();
            _ = tcp.TryReadNamespaceOf(new CarriedSocket(id, fds[index].Number, inode) { Thread = fds[index].Thread ?? folder.Thread }, search);
        }

        bool EndNamespace()
        {
            if (lives.Pid > 0)
            {
                _tables.Find(lives, search, isOwn: false);
            }

            search.EndNamespace();
            return search.Missing > 0;
        }
    }

    private IEnumerable<LocalServer> ServersOf(SocketSearch search)
    {
        foreach (NearbyServers.Server server in search.Servers.Largest(MaxServers))
        {
            if (owners.ServerOf(server.Listener, server.Address.Port) is { } process)
            {
                yield return new LocalServer(SocketSearch.EndpointOf(server.Address), process, _run.Read(in process), server.Queued);
            }
        }
    }
}
