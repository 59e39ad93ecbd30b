using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Descriptors;

/// <summary>What scans remember about the descriptors of a process.</summary>
internal sealed partial class WalkedProcess(ProcessId id)
{
    private TcpStateCounts _sockets;

    /// <summary>Those of them that are MPTCP.</summary>
    private int _mptcp;

    internal ProcessId Id { get; } = id;

    /// <summary>The last stamp of a walk before the process was first seen; its own are higher.</summary>
    internal uint Since { get; init; }

    /// <summary>Start time, in milliseconds since boot; null if it makes no sense.</summary>
    internal long? StartMs { get; init; }

    /// <summary>The process in this scan, and its index in the table.</summary>
    internal ProcessSample Sample { get; private set; }

    internal int Index { get; private set; }

    /// <summary>Where its main descriptor table is read, also if its main thread has ended.</summary>
    internal ProcFolder Folder => FdTableFolders.FolderOf(Id.Pid, Sample.Facts.Tables, 0);

    internal uint LastScan { get; private set; }

    /// <summary>Stamp of the last walk of its descriptors; 0 before the first. Entries with another stamp are out of date.</summary>
    internal uint Walk { get; private set; }

    /// <summary>Stamp of a walk that ran out of time; 0 if there is none.</summary>
    internal uint InterruptedWalk { get; private set; }

    /// <summary>Where the interrupted walk continues, and its results so far.</summary>
    internal FdPosition NextFd { get; private set; }

    internal FdTypeCounts InterruptedTypes { get; private set; }

    internal int[] InterruptedRings { get; private set; } = [];

    internal NotedFd[] InterruptedNoted { get; private set; } = [];

    /// <summary>Number of consecutive searches for unowned sockets that found none here, and the first scan that may search again.</summary>
    internal int FailedSearches { get; private set; }

    internal uint SearchFrom { get; private set; }

    /// <summary>Access to its descriptors was denied at the last try, even if its other files are readable.</summary>
    internal bool IsDenied { get; private set; }

    /// <summary>The scan since which it has to be walked; 0 if it does not.</summary>
    internal uint DirtySince { get; private set; }

    internal FdTypeCounts Types { get; private set; }

    /// <summary>What each of its descriptors led to at the last check; null if it has several tables, few descriptors or io_urings.</summary>
    internal FdMap? Map { get; set; }

    /// <summary>Deleted files and inotify instances found by the last walk, in order. Empty if there is a map, which has them too.</summary>
    internal NotedFd[] Noted { get; private set; } = [];

    /// <summary>Numbers whose sockets have left the tables since the last scan.</summary>
    internal List<int> Vanished { get; } = [];

    /// <summary>Number of changes found by the last check, and the scan of that check.</summary>
    internal int Changes { get; private set; }

    internal uint CheckedIn { get; private set; }

    /// <summary>Time of the last walk; the time provider's timestamp.</summary>
    internal long WalkedAt { get; private set; }

    /// <summary>Null if it has no io_uring.</summary>
    internal ProcessRings? Rings { get; private set; }

    /// <summary>Null until descriptors were found in flight to it.</summary>
    internal ProcessReceivers? Receivers { get; set; }

    /// <summary>Stamp of the last search for descriptors in flight to it, 0 before the first; and where an interrupted one continues.</summary>
    internal uint ReceiversRead { get; set; }

    internal uint InterruptedReceivers { get; set; }

    internal int NextReceiver { get; set; }

    /// <summary>Number of TCP sockets that it owns by descriptor, as of the last match.</summary>
    internal int OwnedSockets { get; private set; }

    /// <summary>The same for sockets registered with its io_urings, and for those in flight to it.</summary>
    internal int RegisteredSockets { get; private set; }

    internal int InFlightSockets { get; private set; }

    internal ProcessHoldings? Holdings { get; private set; }

    /// <summary>The scan that walked it first; 0 before.</summary>
    internal uint FirstWalk { get; private set; }

    internal bool HasBeenWalked => MayWalk && Walk != 0;

    internal DeadCount Dead { get; } = new();

    internal OtherSockets OtherSockets { get; } = new();

    // A kernel thread holds no descriptors, and there are hundreds of them.
    internal bool MayWalk => Sample.Facts.Visibility == ProcessVisibility.Full && !Sample.Facts.IsKernelThread && !IsDenied && Sample.OpenFds is not null;

    /// <summary>Whether it owns fewer sockets than when its descriptors were last known.</summary>
    internal bool HasLost => OwnedSockets < OwnedAtWalk;

    /// <summary>
    /// At the last check the counts did not match because the process kept opening and closing descriptors. The next check may succeed.
    /// </summary>
    private bool IsUncertain { get; set; }

    private long FdsAtWalk { get; set; }

    private int OwnedAtWalk { get; set; }

    /// <summary>It exists in this scan. A new process, and one whose number of descriptors changed, has to be walked.</summary>
    internal void Update(in ProcessSample sample, int index, uint scan)
    {
        IsDenied &= ReferenceEquals(Sample.Facts, sample.Facts);
        bool hasOtherTables = LastScan > 0 && !ReferenceEquals(Sample.Facts.Tables, sample.Facts.Tables) && Sample.Facts.Tables != sample.Facts.Tables;
        Sample = sample;
        Index = index;
        LastScan = scan;
        Vanished.Clear();
        if (!MayWalk)
        {
            // It was visible before (for example until it executed a set-user-ID program). What it owns now is unknown.
            Walk = 0;
            ForgetInterruptedWalk();
            ForgetUndescribed();
            DirtySince = 0;
        }
        else if (hasOtherTables)
        {
            // The position of an interrupted walk is no longer valid.
            ForgetInterruptedWalk();
            MarkDirty();
        }
        else if (Walk == 0 || sample.OpenFds != FdsAtWalk || IsUncertain)
        {
            MarkDirty();
        }
    }

    internal void BeginMatch()
    {
        _sockets = default;
        OwnedSockets = 0;
        RegisteredSockets = 0;
        InFlightSockets = 0;
        _mptcp = 0;
    }

    internal void Match(int state, uint stamp, bool isMptcp)
    {
        _sockets[state]++;
        _mptcp += isMptcp ? 1 : 0;
        if (IsOfWalk(stamp))
        {
            OwnedSockets++;
        }
        else if (stamp == Rings?.Stamp)
        {
            RegisteredSockets++;
        }
        else
        {
            InFlightSockets++;
        }
    }

    /// <summary>It lost a socket though its number of descriptors may be unchanged: another file took the number.</summary>
    internal void CheckForLoss()
    {
        if (MayWalk && (HasLost || Vanished.Count > 0))
        {
            MarkDirty();
        }
    }

    /// <summary>Whether the result of a walk with this stamp is current.</summary>
    internal bool IsOfWalk(uint stamp) => stamp == Walk || (stamp == InterruptedWalk && stamp != 0);

    /// <summary>Whether a result with this stamp, by a walk or other means, is current.</summary>
    internal bool IsCurrent(uint stamp) => IsOfWalk(stamp) || (stamp != 0 && (stamp == Rings?.Stamp || stamp == Receivers?.Stamp));

    /// <summary>The last match of the scan is complete.</summary>
    internal void EndScan()
    {
        if (DirtySince == 0)
        {
            OwnedAtWalk = OwnedSockets;
        }

        if (!MayWalk || (Walk == 0 && InterruptedWalk == 0))
        {
            Holdings = Sample.Facts.IsKernelThread ? s_nothing : null;
            return;
        }

        FdTypeCounts types = Walk == 0 ? InterruptedTypes : Types;
        SocketProtocolCounts protocols = OtherSockets.Protocols;
        protocols[SocketProtocol.Tcp] += (int)_sockets.Total - _mptcp;
        protocols[SocketProtocol.Mptcp] += _mptcp;
        if (Holdings is null || !Same(Holdings, in types, in protocols))
        {
            Holdings = new ProcessHoldings(types, _sockets, RegisteredSockets + InFlightSockets)
            {
                DeadSockets = Dead.Sockets,
                Protocols = protocols,
                Unix = OtherSockets.Unix,
            };
        }
    }

    private static readonly ProcessHoldings s_nothing = new(default, default);

    private void MarkDirty() => DirtySince = DirtySince == 0 ? LastScan : DirtySince;

    private bool Same(ProcessHoldings holdings, in FdTypeCounts types, in SocketProtocolCounts protocols)
    {
        FdTypeCounts oldTypes = holdings.Types;
        TcpStateCounts oldSockets = holdings.Sockets;
        SocketProtocolCounts oldProtocols = holdings.Protocols;
        UnixSocketStateCounts oldUnix = holdings.Unix;
        return holdings.WithoutDescriptor == RegisteredSockets + InFlightSockets
            && holdings.DeadSockets == Dead.Sockets
            && ((ReadOnlySpan<int>)types).SequenceEqual(oldTypes) && ((ReadOnlySpan<long>)_sockets).SequenceEqual(oldSockets)
            && ((ReadOnlySpan<int>)protocols).SequenceEqual(oldProtocols) && ((ReadOnlySpan<int>)OtherSockets.Unix).SequenceEqual(oldUnix);
    }
}
