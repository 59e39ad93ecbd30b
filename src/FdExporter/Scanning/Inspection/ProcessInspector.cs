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
    private readonly RunningProgramReader _program = new(procFs);

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

        FdListing listing = new(_links, MostListed);
        SocketSearch search = new(owners, _interfaces);
        List<HeldSample> held = [];
        bool isHeldKnown = true;
        ReadStatus status = listing.TryWalk(process.Id.Pid, process.Facts.Tables, search, deadline);
        if (status == ReadStatus.Ok)
        {
            try
            {
                isHeldKnown = TryComplete(in process, listing, search, held, deadline);
            }
            catch (KernelException) when (!IsStillThere())
            {
                // Its namespace and tables are gone too.
                return null;
            }
        }

        // If it ended meanwhile or the pid was reused, the result would be incomplete.
        return !IsStillThere() ? null
            : status != ReadStatus.Ok ? InspectionOf(isVisible: false)
            : InspectionOf(isVisible: true) with
            {
                Types = listing.Types,
                Fds = [.. listing.Fds],
                Unlisted = listing.Unlisted,
                IsCutShort = listing.IsCutShort,
                Held = [.. held],
                IsHeldKnown = isHeldKnown,
                Servers = [.. ServersOf(search)],
                Program = _program.TryRead(in process),
            };

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

    /// <summary>Adds what is held without a descriptor, and what the sockets are.</summary>
    /// <returns>Whether all that is held is known.</returns>
    private bool TryComplete(in ProcessSample process, FdListing listing, SocketSearch search, List<HeldSample> held, Deadline deadline)
    {
        List<FdSample> fds = listing.Fds;
        ProcFolder folder = FdTableFolders.FolderOf(in process);
        bool isKnown = _undescribed.TryReadRings(folder, listing.Rings, MostListed, deadline, held);
        for (int i = 0; i < held.Count; i++)
        {
            if (held[i].File is { Type: FdType.Socket } file && FdLink.Parse(Encoding.UTF8.GetBytes(file.Target)).SocketInode is not 0 and var inode)
            {
                search.AddHeld(inode, i);
            }
        }

        Find(in process, search, fds, held, deadline);
        isKnown &= _undescribed.TryReadReceivers(folder, fds, deadline, held);
        if (!procFs.IsKernel)
        {
            // In captured folders the order is arbitrary.
            fds.Sort(static (a, b) => a.Number.CompareTo(b.Number));
        }

        return isKnown;
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
                yield return new LocalServer(new ConnectionAddress(server.Address), process, _run.Read(in process), server.Queued);
            }
        }
    }
}
