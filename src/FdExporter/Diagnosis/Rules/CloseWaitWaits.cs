using FdExporter.Diagnosis.Findings;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>
/// Finds the address that a program waits for: it has about as many connections to it as stuck sockets. That is a back end that does
/// not answer, or the other end of a relay, which does not close. A few of the processes that hold the sockets are inspected for it.
/// </summary>
internal static class CloseWaitWaits
{
    /// <summary>Maximum number of inspected processes of one program.</summary>
    private const int MostInspected = 5;

    /// <summary>"About as many" is half to twice as many.</summary>
    private const int About = 2;

    /// <summary>The processes to inspect; none where the scan found too few connections to wait for.</summary>
    internal static IEnumerable<int> ToInspect(HostSnapshot snapshot, CloseWaitSum sum)
    {
        if (sum.IsUnknown || snapshot.Ownership is not { } ownership)
        {
            return [];
        }

        List<int> candidates = CandidatesOf(ownership, sum);
        long open = 0;
        long halfClosed = 0;
        foreach (int candidate in candidates)
        {
            TcpStateCounts sockets = ownership.Holdings[candidate]!.Sockets;
            open += OpenOf(in sockets);
            halfClosed += sockets[TcpState.FinWait2];
        }

        bool mayWait = (sum.Direction == ConnectionDirection.Inbound && open * About >= sum.Count) || halfClosed * About >= sum.Count;
        return mayWait ? candidates.Take(MostInspected) : [];
    }

    /// <returns>Null where no such address is known.</returns>
    internal static CloseWaitBlame? Of(VerdictInput input, CloseWaitSum sum, string why, string advice)
    {
        if (input.Host.Snapshot is not { Processes: { } table, Ownership: { } ownership })
        {
            return null;
        }

        List<int> candidates = CandidatesOf(ownership, sum);
        List<InspectedKinds> inspected = [];
        long held = 0;
        foreach (int candidate in candidates)
        {
            if (input.Inspected.TryGetValue(table.Processes[candidate].Id, out InspectedKinds? kinds))
            {
                inspected.Add(kinds);
                held += sum.Holders.FirstOrDefault(each => each.Process == candidate).Count;
            }
        }

        // Unaccepted connections belong to all processes together.
        double stuck = sum.Cause == CloseWaitCause.NotAccepted ? (double)sum.Count * inspected.Count / candidates.Count : held;
        WaitText text = new(sum, inspected.Count, candidates.Count, input.Thresholds);
        ConnectionDirection other = sum.Direction == ConnectionDirection.Inbound ? ConnectionDirection.Outbound : ConnectionDirection.Inbound;
        return inspected.Count == 0 ? null
            : Find(inspected, candidates.Count, stuck, other, static peer => peer.HalfClosed) is { } end ? text.OfRelay(end, why)
            : sum.Direction == ConnectionDirection.Inbound && Find(inspected, candidates.Count, stuck, other, static peer => peer.Open) is { } backEnd ? text.OfVictim(backEnd, why, advice)
            : null;
    }

    /// <summary>Those that can be inspected; for unaccepted connections every process of the program.</summary>
    private static List<int> CandidatesOf(SocketOwnership ownership, CloseWaitSum sum)
        => sum.Cause == CloseWaitCause.NotAccepted
            ? [.. sum.Account.Processes.Where(each => ownership.Holdings[each] is not null).OrderByDescending(each => OpenOf(ownership.Holdings[each]!.Sockets))]
            : [.. sum.Holders.Select(static each => each.Process).Where(each => ownership.Holdings[each] is not null)];

    private static long OpenOf(in TcpStateCounts sockets) => sockets[TcpState.Established] + sockets[TcpState.SynSent];

    private static Waiting? Find(List<InspectedKinds> inspected, int candidates, double stuck, ConnectionDirection direction, Func<PeerConnections, int> count)
    {
        Dictionary<ConnectionAddress, (long Connections, int Processes)> addresses = [];
        foreach (PeerConnections peer in inspected.SelectMany(static each => each.Peers).Where(peer => peer.Direction == direction && count(peer) > 0))
        {
            (long connections, int processes) = addresses.GetValueOrDefault(peer.Address);
            addresses[peer.Address] = (connections + count(peer), processes + 1);
        }

        if (addresses.Count == 0)
        {
            return null;
        }

        (ConnectionAddress address, (long most, int holders)) = addresses.MaxBy(static each => each.Value.Connections);
        bool isAboutAsMany = most * About >= stuck && most <= stuck * About;

        // A sentence about some of the processes must be true for each of them.
        return isAboutAsMany && (inspected.Count == candidates || holders == inspected.Count)
            ? new Waiting(direction, address, most, inspected.SelectMany(static each => each.Servers).FirstOrDefault(server => direction == ConnectionDirection.Outbound && server.Address == address))
            : null;
    }

    /// <param name="Connections">Connections of the inspected processes.</param>
    /// <param name="Server">The server that listens at the address on this machine; null where it is not known.</param>
    internal sealed record Waiting(ConnectionDirection Direction, ConnectionAddress Address, long Connections, LocalServer? Server);
}
