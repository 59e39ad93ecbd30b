using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Descriptors;

/// <summary>What is remembered of a process between scans about what it holds.</summary>
internal sealed partial class WalkedProcess(ProcessId id)
{
    private TcpStateCounts _sockets;

    internal ProcessId Id { get; } = id;

    /// <summary>The last stamp of a walk before it was seen; its own are higher.</summary>
    internal uint Since { get; init; }

    /// <summary>The process in this scan, and its place in the table.</summary>
    internal ProcessSample Sample { get; private set; }

    internal int Index { get; private set; }

    /// <summary>Where its main descriptor table is read, also when its main thread has ended.</summary>
    internal ProcFolder Folder => FdTableFolders.FolderOf(Id.Pid, Sample.Facts.Tables, 0);

    internal uint LastScan { get; private set; }

    /// <summary>Stamp of the last walk of its descriptors; 0 before the first. Entries with another stamp are out of date.</summary>
    internal uint Walk { get; private set; }

    /// <summary>Stamp of a walk that time did not suffice for; 0 when none is under way.</summary>
    internal uint InterruptedWalk { get; private set; }

    /// <summary>The descriptor that the interrupted walk goes on with, and what it found until there.</summary>
    internal FdPosition NextFd { get; private set; }

    internal FdTypeCounts InterruptedTypes { get; private set; }

    internal int[] InterruptedRings { get; private set; } = [];

    /// <summary>How many searches for unowned sockets in a row found none here, and the scan from which the next may look.</summary>
    internal int FailedSearches { get; private set; }

    internal uint SearchFrom { get; private set; }

    /// <summary>Its descriptors were refused on the last try, whatever its other files allow.</summary>
    internal bool IsDenied { get; private set; }

    /// <summary>Since which scan it has to be walked; 0 when it need not.</summary>
    internal uint DirtySince { get; private set; }

    internal FdTypeCounts Types { get; private set; }

    /// <summary>What each of its descriptors led to at the last look; null where it has several tables, or few descriptors, or io_urings.</summary>
    internal FdMap? Map { get; set; }

    /// <summary>Numbers whose sockets have left the tables since the last scan.</summary>
    internal List<int> Vanished { get; } = [];

    /// <summary>So much had changed at the last look since the one before; and the scan of that look.</summary>
    internal int Changes { get; private set; }

    internal uint LookedIn { get; private set; }

    /// <summary>When it was walked last; the time provider's timestamp.</summary>
    internal long WalkedAt { get; private set; }

    /// <summary>Null where it has no io_uring.</summary>
    internal ProcessRings? Rings { get; private set; }

    /// <summary>Null until descriptors were found to be in flight to it.</summary>
    internal ProcessReceivers? Receivers { get; set; }

    /// <summary>Stamp of the last look for descriptors in flight to it, 0 before the first; and the descriptor that an interrupted one goes on with.</summary>
    internal uint ReceiversRead { get; set; }

    internal uint InterruptedReceivers { get; set; }

    internal int NextReceiver { get; set; }

    /// <summary>How many TCP sockets it owns by the last match that its descriptors lead to.</summary>
    internal int OwnedSockets { get; private set; }

    /// <summary>Likewise that are registered with its io_urings, and that are in flight to it.</summary>
    internal int RegisteredSockets { get; private set; }

    internal int InFlightSockets { get; private set; }

    internal ProcessHoldings? Holdings { get; private set; }

    /// <summary>The scan that walked it first; 0 before.</summary>
    internal uint FirstWalk { get; private set; }

    internal bool HasBeenWalked => MayWalk && Walk != 0;

    internal DeadCount Dead { get; } = new();

    // A kernel thread holds no descriptors; there are hundreds of them.
    internal bool MayWalk => Sample.Facts.Visibility == ProcessVisibility.Full && !Sample.Facts.IsKernelThread && !IsDenied && Sample.OpenFds is not null;

    /// <summary>Whether it owns fewer sockets than when it was known last what its descriptors are.</summary>
    internal bool HasLost => OwnedSockets < OwnedAtWalk;

    /// <summary>The last look did not add up while the process went on opening and closing: the next one may.</summary>
    private bool IsUncertain { get; set; }

    private long FdsAtWalk { get; set; }

    private int OwnedAtWalk { get; set; }

    /// <summary>It is there in this scan. A new process, and one whose number of descriptors changed, has to be walked.</summary>
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
            // It was seen through once (before it ran a set-user-id program, say). What it owned then is not known now.
            Walk = 0;
            ForgetInterruptedWalk();
            ForgetUndescribed();
            DirtySince = 0;
        }
        else if (hasOtherTables)
        {
            // Where an interrupted walk was to go on is another place now.
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
    }

    internal void Match(int state, uint stamp)
    {
        _sockets[state]++;
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

    /// <summary>It lost a socket though its number of descriptors may stand: something else took the number.</summary>
    internal void CheckForLoss()
    {
        if (MayWalk && (HasLost || Vanished.Count > 0))
        {
            MarkDirty();
        }
    }

    /// <summary>Whether a walk with this stamp says what it holds now.</summary>
    internal bool IsOfWalk(uint stamp) => stamp == Walk || (stamp == InterruptedWalk && stamp != 0);

    /// <summary>Whether what was found with this stamp, by a walk or by other means, is what it holds now.</summary>
    internal bool IsCurrent(uint stamp) => IsOfWalk(stamp) || (stamp != 0 && (stamp == Rings?.Stamp || stamp == Receivers?.Stamp));

    /// <summary>The last match of the scan is done.</summary>
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
        if (Holdings is null || !Same(Holdings, types))
        {
            Holdings = new ProcessHoldings(types, _sockets, RegisteredSockets + InFlightSockets) { DeadSockets = Dead.Sockets };
        }
    }

    private static readonly ProcessHoldings s_nothing = new(default, default);

    private void MarkDirty() => DirtySince = DirtySince == 0 ? LastScan : DirtySince;

    private bool Same(ProcessHoldings holdings, FdTypeCounts types)
    {
        FdTypeCounts oldTypes = holdings.Types;
        TcpStateCounts oldSockets = holdings.Sockets;
        return holdings.WithoutDescriptor == RegisteredSockets + InFlightSockets
            && holdings.DeadSockets == Dead.Sockets
            && ((ReadOnlySpan<int>)types).SequenceEqual(oldTypes) && ((ReadOnlySpan<long>)_sockets).SequenceEqual(oldSockets);
    }
}
