using FdExporter.Model;

namespace FdExporter.Scanning.Descriptors;

/// <summary>Results of walks and checks of its descriptors.</summary>
internal sealed partial class WalkedProcess
{
    /// <summary>The walk stops at a descriptor. Its results so far count already; those of earlier walks stay valid.</summary>
    internal void InterruptWalk(uint stamp, FdPosition nextFd, in FdTypeCounts types, int[] rings, NotedFd[] noted)
    {
        InterruptedWalk = stamp;
        NextFd = nextFd;
        InterruptedTypes = types;
        InterruptedRings = rings;
        InterruptedNoted = noted;
        MarkDirty();
    }

    /// <summary>A search that finds nothing is repeated after two scans, then four, up to 64.</summary>
    internal void EndSearch(bool found)
    {
        FailedSearches = found ? 0 : Math.Min(FailedSearches + 1, 6);
        SearchFrom = LastScan + (1u << FailedSearches);
    }

    /// <param name="rings">The descriptors that are an io_uring.</param>
    /// <param name="now">The time provider's timestamp.</param>
    internal void EndWalk(uint stamp, in FdTypeCounts types, ReadOnlySpan<int> rings, long now)
    {
        ForgetInterruptedWalk();
        Walk = stamp;
        FirstWalk = FirstWalk == 0 ? LastScan : FirstWalk;
        WalkedAt = now;
        Types = types;
        if (Rings is null ? !rings.IsEmpty : !Rings.Fds.SequenceEqual(rings))
        {
            Rings = rings.IsEmpty ? null : new ProcessRings(rings.ToArray());
        }
        FdsAtWalk = Sample.OpenFds ?? 0;
        IsUncertain = false;
        DirtySince = 0;
    }

    internal void Note(ReadOnlySpan<NotedFd> noted)
    {
        if (!noted.SequenceEqual(Noted))
        {
            Noted = noted.ToArray();
        }
    }

    /// <summary>The changes have been checked, and the map is up to date.</summary>
    /// <param name="changes">Number of descriptor numbers that lead elsewhere than before.</param>
    /// <param name="fds">Number of descriptors according to the kernel.</param>
    internal void EndCheck(int changes, long fds, bool addsUp)
    {
        (Changes, CheckedIn) = (changes, LastScan);
        Types = Map!.Types;
        FdsAtWalk = fds;
        IsUncertain = !addsUp;
        DirtySince = 0;
    }

    internal void Deny()
    {
        IsDenied = true;
        DirtySince = 0;
        Walk = 0;
        ForgetInterruptedWalk();
        ForgetUndescribed();
    }

    /// <summary>The same only for deleted files.</summary>
    internal void EndCheckOfDeleted(long now)
    {
        UseMap();
        WalkedAt = now;
    }

    /// <summary>Some of its descriptors were checked on another occasion.</summary>
    internal void UseMap() => Types = Map?.Types ?? Types;

    private void ForgetInterruptedWalk()
    {
        InterruptedWalk = 0;
        NextFd = default;
        InterruptedTypes = default;
        InterruptedRings = [];
        InterruptedNoted = [];
    }

    private void ForgetUndescribed()
    {
        Map = null;
        Noted = [];
        Rings = null;
        Receivers = null;
        ReceiversRead = 0;
        NextReceiver = 0;
    }
}
