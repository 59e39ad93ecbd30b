using FdExporter.Accounts;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Sockets in CLOSE_WAIT of one program, as parts of a sentence.</summary>
internal sealed class CloseWaitSum
{
    private readonly CloseWaitPlaces[] _places;
    private readonly CloseWaitCauseCounts _causes;
    private readonly CloseWaitAges _aged;
    private readonly long _unstuck;

    /// <param name="samples">At least one.</param>
    internal CloseWaitSum(ProgramAccount program, IReadOnlyList<ConnectionSample> samples)
    {
        Account = program;
        IsUnknown = program.Name == ReservedNames.Unknown;
        CloseWaitCauseCounts all = default;
        CloseWaitCauseCounts stuck = default;
        CloseWaitAges aged = default;
        Dictionary<int, (long Count, long Stuck)> holders = [];
        CloseWaitPlaces outbound = new(ConnectionDirection.Outbound);
        CloseWaitPlaces inbound = new(ConnectionDirection.Inbound);
        foreach (ConnectionSample sample in samples)
        {
            // Sockets whose owner has not been searched for yet do not count.
            long count = IsUnknown ? sample.Searched : sample.Count;
            for (int age = 0; age < CloseWaitAges.Length; age++)
            {
                aged[age] += Math.Min(sample.Aged[age], count);
            }

            long old = Math.Min(sample.Aged[CloseWaitAges.Minute], count);
            all[sample.Cause] += count;
            stuck[sample.Cause] += old;
            (sample.Direction == ConnectionDirection.Outbound ? outbound : inbound).Add(sample.Address, count);
            Oldest = sample.Oldest > Oldest ? sample.Oldest : Oldest;
            Acceptors = Math.Max(Acceptors, sample.Acceptors);
            if (sample.Process >= 0)
            {
                (long before, long stuckBefore) = holders.GetValueOrDefault(sample.Process);
                holders[sample.Process] = (before + count, stuckBefore + old);
            }
        }

        Count = all.Total;
        _aged = aged;
        _unstuck = all.Total - stuck.Total;
        _causes = stuck.Total > 0 ? stuck : all;
        _places = [.. new[] { outbound, inbound }.Where(static each => each.Count > 0).OrderByDescending(static each => each.Count)];
        Holders = [.. holders.OrderByDescending(static each => each.Value.Stuck).ThenByDescending(static each => each.Value.Count).Select(static each => (each.Key, each.Value.Count))];
    }

    internal ProgramAccount Account { get; }

    internal string Program => Account.Name;

    /// <summary>The direction of most of them.</summary>
    internal ConnectionDirection Direction => _places.Length == 0 ? ConnectionDirection.Outbound : _places[0].Direction;

    /// <summary>Whether the process that holds them is not known.</summary>
    internal bool IsUnknown { get; }

    internal TimeSpan Oldest { get; }

    /// <summary>Number of processes that share the listener of the connections.</summary>
    internal int Acceptors { get; }

    /// <summary>Indices of the snapshot's processes; most stuck sockets first.</summary>
    internal IReadOnlyList<(int Process, long Count)> Holders { get; }

    internal (int Process, long Count)? LargestHolder => Holders.Count == 0 ? null : Holders[0];

    internal long Count { get; }

    /// <summary>Sockets that have been in CLOSE_WAIT for at least a minute; younger ones are not reported.</summary>
    internal long Stuck => AgedFor(CloseWaitAges.Minute);

    /// <summary>The most frequent cause of the stuck sockets.</summary>
    internal CloseWaitCause Cause => _causes.Largest;

    /// <param name="age">Index in <see cref="CloseWaitAges.Thresholds"/>.</param>
    internal long AgedFor(int age) => _aged[age];

    /// <summary><c>not_closed</c>, or several: <c>not_closed 97, not_read 3</c>, most frequent first.</summary>
    internal string CauseText
    {
        get
        {
            List<(string Name, long Count)> causes = [];
            for (int cause = 0; cause < CloseWaitCauseCounts.Length; cause++)
            {
                if (_causes[cause] > 0)
                {
                    causes.Add((CloseWaitCauseNames.All[cause], _causes[cause]));
                }
            }

            return causes.Count == 1 ? causes[0].Name
                : string.Join(", ", causes.OrderByDescending(static each => each.Count).Select(static each => $"{each.Name} {HumanText.Number(each.Count)}"));
        }
    }

    internal string Subject => IsUnknown ? "An unknown program" : Program;

    /// <summary><c>holds 9 812 sockets in CLOSE_WAIT</c>; an unaccepted connection is not held by any process.</summary>
    internal string Holds => Cause == CloseWaitCause.NotAccepted
        ? $"has {HumanText.Count(Count, "unaccepted connection", "unaccepted connections")} in CLOSE_WAIT"
        : $"holds {HumanText.Count(Count, "socket", "sockets")} in CLOSE_WAIT";

    internal string Peers => _places.Length == 1 ? _places[0].Peers : "the peers";

    /// <summary><c>to 192.168.121.44:443</c>, <c>(7 to 192.168.121.44:443, and 5 on its port :9702)</c>.</summary>
    internal string Where => _places.Length == 1 ? $"{_places[0]}" : $"({string.Join(", and ", _places.Select(static each => $"{HumanText.Number(each.Count)} {each}"))})";

    /// <summary><c>Oldest 6 h 2 min</c>, <c>97 of them have been stuck for a minute or longer, oldest 6 h 2 min</c>.</summary>
    internal string Age => AgeOf(CloseWaitAges.Minute, "a minute", _unstuck == 0);

    /// <summary>Likewise for an hour.</summary>
    internal string AgeOfLongStanding => AgeOf(CloseWaitAges.Hour, "an hour", _aged[CloseWaitAges.Hour] == Count);

    private string AgeOf(int age, string text, bool isOfAll) => isOfAll
        ? $"Oldest {HumanText.Duration(Oldest)}"
        : $"{HumanText.Count(_aged[age], "of them has", "of them have")} been stuck for {text} or longer, oldest {HumanText.Duration(Oldest)}";
}
