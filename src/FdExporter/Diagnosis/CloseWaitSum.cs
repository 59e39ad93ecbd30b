using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>Sockets in CLOSE_WAIT of one program and one direction, in the words of a sentence.</summary>
internal sealed class CloseWaitSum
{
    private readonly List<(IpEndpoint Address, long Count)> _addresses;
    private readonly CloseWaitCauseCounts _causes;

    internal CloseWaitSum(ProgramAccount program, ConnectionDirection direction, IReadOnlyList<ConnectionSample> samples)
    {
        Program = program.Name;
        Direction = direction;
        IsUnknown = program.Name == ReservedNames.Unknown;
        CloseWaitCauseCounts causes = default;
        Dictionary<IpEndpoint, long> addresses = [];
        Dictionary<int, long> holders = [];
        foreach (ConnectionSample sample in samples)
        {
            // What is only not found yet is no finding.
            long count = IsUnknown ? sample.Searched : sample.Count;
            causes[sample.Cause] += count;
            addresses[sample.Address] = addresses.GetValueOrDefault(sample.Address) + count;
            Oldest = sample.Oldest > Oldest ? sample.Oldest : Oldest;
            Acceptors = Math.Max(Acceptors, sample.Acceptors);
            if (sample.Process >= 0)
            {
                holders[sample.Process] = holders.GetValueOrDefault(sample.Process) + count;
            }
        }

        _causes = causes;
        _addresses = [.. addresses.Select(static each => (each.Key, each.Value)).OrderByDescending(static each => each.Value).ThenBy(static each => each.Key.ToString(), StringComparer.Ordinal)];
        LargestHolder = holders.Count == 0 ? null : holders.Select(static each => (each.Key, each.Value)).MaxBy(static each => each.Value);
    }

    internal string Program { get; }

    internal ConnectionDirection Direction { get; }

    /// <summary>No process that holds them is known.</summary>
    internal bool IsUnknown { get; }

    internal TimeSpan Oldest { get; }

    /// <summary>How many processes hold the listener in whose queue they wait.</summary>
    internal int Acceptors { get; }

    internal (int Process, long Count)? LargestHolder { get; }

    internal long Count => _causes.Total;

    internal CloseWaitCause Cause => _causes.Largest;

    /// <summary><c>not_closed</c>, or with several <c>not_closed 97, not_read 3</c>, the most frequent first.</summary>
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
                : string.Join(", ", causes.OrderByDescending(static each => each.Count).Select(static each => $"{each.Name} {Words.Number(each.Count)}"));
        }
    }

    internal string Subject => IsUnknown ? "An unknown program" : Program;

    /// <summary><c>holds 9 812 sockets in CLOSE_WAIT</c>; connections that nobody accepted are held by nobody.</summary>
    internal string Holds => Cause == CloseWaitCause.NotAccepted
        ? $"has {Words.Count(Count, "connection", "connections")} in CLOSE_WAIT waiting"
        : $"holds {Words.Count(Count, "socket", "sockets")} in CLOSE_WAIT";

    internal string Peers => Direction == ConnectionDirection.Inbound ? "the clients" : _addresses.Count == 1 ? "the peer" : "the peers";

    /// <summary><c>to 192.168.121.44:443</c>, <c>to 40 peers on port 8443, such as 10.0.3.7 (90)</c>, <c>on its port :9702</c>.</summary>
    internal string Where
    {
        get
        {
            (IpEndpoint first, long most) = _addresses[0];
            string one = first.ToString();
            if (Direction == ConnectionDirection.Inbound)
            {
                return _addresses.Count == 1 ? $"on its port {one}" : $"on {Words.Number(_addresses.Count)} of its ports, such as {one} ({Words.Number(most)})";
            }

            if (_addresses.Count == 1)
            {
                return $"to {one}";
            }

            bool isOnePort = _addresses.TrueForAll(each => each.Address.Port == first.Port);
            return isOnePort
                ? $"to {Words.Number(_addresses.Count)} peers on port {first.Port}, such as {one[..one.LastIndexOf(':')]} ({Words.Number(most)})"
                : $"to {Words.Number(_addresses.Count)} peers, such as {one} ({Words.Number(most)})";
        }
    }
}
