using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// Chooses the namespaces that a scan reads. A dump walks a table shared by all namespaces of the machine, so each takes milliseconds,
/// however few sockets it has. Three small files show whether anything has happened there since the last reading:
/// <list type="bullet">
/// <item>if nothing has happened, the last reading is used;</item>
/// <item>if something has, it is read again in turn, the one read longest ago first: as many per scan as needed to read each within a
/// minute, and at least ten while that is cheap, so that a small number is read on each scan.</item>
/// </list>
/// A new one is read at once, and so is one whose last reading is a minute old or too large to keep.
/// </summary>
internal sealed partial class ForeignNamespaces
{
    /// <summary>Maximum age of a shown socket, unless the last scan is longer ago or nothing has happened since.</summary>
    internal static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    /// <summary>Unchanged namespaces with sockets are read again after this time.</summary>
    internal static readonly TimeSpan MaxUnread = TimeSpan.FromMinutes(15);

    /// <summary>Minimum number of changed namespaces to read per scan, if they take no longer than <see cref="TurnTime"/>.</summary>
    internal int MinTurn { get; init; } = 10;

    /// <summary>The same, however long they take.</summary>
    private const int FirstOfTurn = 3;

    private static readonly TimeSpan TurnTime = TimeSpan.FromMilliseconds(30);

    /// <summary>Maximum for all namespaces together, about 4 MB; each has its share. Unit: rows.</summary>
    private const int MaxKept = 256 * 1024;

    /// <summary>Maximum for one namespace. Unit: rows.</summary>
    private const int MaxKeptPerNamespace = MaxKept / 64;

    private readonly byte[] _countersBuffer = new byte[8192];

    internal IEnumerable<ForeignNamespace> Known => _known.Values;

    /// <summary>Age of the oldest reading in the last scan that is not proven to be current.</summary>
    internal TimeSpan OldestReading { get; private set; }

    /// <summary>
    /// Number of sockets, beyond those in the table, in namespaces that have not been read again; negative if there are fewer now.
    /// </summary>
    internal long Newer { get; private set; }

    private int MaxKeptNow => Math.Min(MaxKeptPerNamespace, MaxKept / Math.Max(_known.Count, 1));

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

        bool IsTurnOver() => read >= share && (read >= MinTurn || (read >= FirstOfTurn && time.GetElapsedTime(begun) > TurnTime));

        TimeSpan AgeOf(ForeignNamespace foreign) => foreign.Last is { } last ? time.GetElapsedTime(last.At, now) : TimeSpan.MaxValue;

        bool IsOld(ForeignNamespace foreign) => foreign.Last is not null && !foreign.IsProven && AgeOf(foreign) >= MaxAge;

        void Carry(ForeignNamespace foreign)
        {
            NamespaceReading last = foreign.Last!;
            TimeSpan age = AgeOf(foreign);
            table.Carry(foreign.Id, foreign.Process, foreign.Name, last.Sockets, age, foreign.IsUnchanged);
            foreign.Problem = null;
            UseText(foreign);
            if (!foreign.IsProven)
            {
                OldestReading = age > OldestReading ? age : OldestReading;
                Newer += foreign.Counters is { } these && last.Counters is { } those ? (long)these.InUse - (long)those.InUse : 0;
            }

            if (CostOf(last.Sockets) > MaxKeptNow)
            {
                foreign.Last = null;
            }
        }
    }

    /// <summary>The reading is complete.</summary>
    private void Keep(ForeignNamespace foreign, TcpSocketTable table)
    {
        if (table.TryKeep(MaxKeptNow) is { } sockets)
        {
            foreign.Last = new NamespaceReading(sockets, time.GetTimestamp(), foreign.Counters, foreign.NewestStart);
        }
    }

    private static int CostOf(NamespaceSockets sockets)
        => NamespaceSockets.CostOf(sockets.Rows.Length, sockets.CloseWait.Length, sockets.Listeners.Length);
}
