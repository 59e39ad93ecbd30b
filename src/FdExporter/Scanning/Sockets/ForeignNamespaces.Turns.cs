using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// Which namespaces a scan reads. A dump walks a table that all namespaces of the machine share, so each costs milliseconds,
/// however little is in it. Three small files tell whether anything has happened there since the last reading:
/// <list type="bullet">
/// <item>where nothing has, the last reading stands;</item>
/// <item>where something has, it is read again in turn, the one read longest ago first: as many a scan as it takes for each to
/// come within a minute, and up to ten in any case while that is cheap, so that few are all read on each scan.</item>
/// </list>
/// One that is new is read at once, and so is one whose last reading is a minute old or too large to be kept.
/// </summary>
internal sealed partial class ForeignNamespaces
{
    /// <summary>No socket is shown as it was before that, unless the last scan is longer ago, or nothing has happened to it since.</summary>
    internal static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    /// <summary>From time to time each is read, whatever its counters tell.</summary>
    internal static readonly TimeSpan MaxUnread = TimeSpan.FromMinutes(15);

    /// <summary>However short the time since the last scan, so many are read where something has happened, if they take no longer than <see cref="TurnTime"/>.</summary>
    internal int LeastTurn { get; init; } = 10;

    /// <summary>Likewise, however long they take.</summary>
    private const int FirstOfTurn = 3;

    private static readonly TimeSpan TurnTime = TimeSpan.FromMilliseconds(30);

    /// <summary>So much is kept of all namespaces together, some 4 MB, and of each its share. Unit: rows.</summary>
    private const int MostKept = 256 * 1024;

    /// <summary>However few there are, none keeps more. Unit: rows.</summary>
    private const int MostKeptOfOne = MostKept / 64;

    private readonly byte[] _countersBuffer = new byte[8192];

    internal IEnumerable<ForeignNamespace> Known => _known.Values;

    /// <summary>How old the oldest reading is that the last scan had no proof of.</summary>
    internal TimeSpan OldestReading { get; private set; }

    /// <summary>
    /// So many sockets more than the table has for them are in namespaces that have not been read anew; negative where there are
    /// fewer now.
    /// </summary>
    internal long Newer { get; private set; }

    private int MostKeptNow => Math.Min(MostKeptOfOne, MostKept / Math.Max(_known.Count, 1));

    private void ReadDue(TcpSocketTable table, long now, TimeSpan sinceLast, Deadline deadline)
    {
        (OldestReading, Newer) = (TimeSpan.Zero, 0);
        TimeSpan oldest = sinceLast > MaxAge ? sinceLast : MaxAge;
        List<ForeignNamespace> due = [];
        Deadline counting = deadline.Share(0.5);
        foreach (ForeignNamespace foreign in _known.Values)
        {
            foreign.Counters = foreign.IsLivedIn && !counting.HasPassed ? NamespaceCounters.TryRead(procFs, foreign.Process, _countersBuffer) : null;
            if (foreign.IsProven && (foreign.Counters is { IsEmpty: true } || AgeOf(foreign) < MaxUnread))
            {
                Carry(foreign);
            }
            else
            {
                due.Add(foreign);
            }
        }

        int read = 0;
        double share = Math.Ceiling(_known.Count * (sinceLast / MaxAge));
        long begun = time.GetTimestamp();
        foreach (ForeignNamespace foreign in NamespaceShares.InTurn(due, foreign => IsOld(foreign) ? 0 : foreign.Last is null ? 1 : 2))
        {
            bool mayWait = (IsTurnOver() && !IsOld(foreign)) || (deadline.HasPassed && (foreign.IsProven || AgeOf(foreign) <= oldest));
            if (foreign.Last is not null && mayWait)
            {
                Carry(foreign);
            }
            else
            {
                read++;
                Read(foreign, table, deadline);
            }
        }

        bool IsTurnOver() => read >= share && (read >= LeastTurn || (read >= FirstOfTurn && time.GetElapsedTime(begun) > TurnTime));

        TimeSpan AgeOf(ForeignNamespace foreign) => foreign.Last is { } last ? time.GetElapsedTime(last.At, now) : TimeSpan.MaxValue;

        bool IsOld(ForeignNamespace foreign) => foreign.Last is not null && !foreign.IsProven && AgeOf(foreign) >= MaxAge;

        void Carry(ForeignNamespace foreign)
        {
            NamespaceReading last = foreign.Last!;
            TimeSpan age = AgeOf(foreign);
            table.Carry(foreign.Id, foreign.Process, foreign.Name, last.Sockets, age, foreign.IsUnmoved);
            foreign.Problem = null;
            UseText(foreign);
            if (!foreign.IsProven)
            {
                OldestReading = age > OldestReading ? age : OldestReading;
                Newer += foreign.Counters is { } these && last.Counters is { } those ? (long)these.InUse - (long)those.InUse : 0;
            }

            if (CostOf(last.Sockets) > MostKeptNow)
            {
                foreign.Last = null;
            }
        }
    }

    /// <summary>The reading is whole.</summary>
    private void Keep(ForeignNamespace foreign, TcpSocketTable table)
    {
        if (table.TryKeep(MostKeptNow) is { } sockets)
        {
            foreign.Last = new NamespaceReading(sockets, time.GetTimestamp(), foreign.Counters, foreign.NewestStart);
        }
    }

    private static int CostOf(NamespaceSockets sockets)
        => NamespaceSockets.CostOf(sockets.Rows.Length, sockets.CloseWait.Length, sockets.Listeners.Length);
}
