using System.Runtime.InteropServices;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Evidence;

/// <summary>The sockets in CLOSE_WAIT that an inspected process owns, by direction and address.</summary>
internal static class CloseWaitOfProcess
{
    /// <summary>Maximum number of addresses; the rest is added up by direction as <c>other</c>.</summary>
    internal const int MaxAddresses = 100;

    /// <summary>Largest first; the sums of the rest last.</summary>
    internal static IReadOnlyList<CloseWaitGroup> Of(ProcessInspection inspection)
    {
        string group = inspection.Process.Facts.Group;
        Dictionary<(ConnectionDirection Direction, ConnectionAddress Address), CloseWaitSums> all = [];
        foreach (FdSample fd in inspection.EachSocket)
        {
            if (fd.Socket is { Cause: { } cause, IsOwnedByAnother: false, Direction: { } direction, Local: { } local, Remote: { } remote } socket)
            {
                ConnectionAddress address = ConnectionAddress.Of(direction, local, remote);
                CollectionsMarshal.GetValueRefOrAddDefault(all, (direction, address), out _).Add(cause, socket.Age);
            }
        }

        List<CloseWaitGroup> rows = [];
        SortedDictionary<ConnectionDirection, CloseWaitSums> rest = [];
        foreach (((ConnectionDirection direction, ConnectionAddress address), CloseWaitSums sums) in all
            .OrderByDescending(static each => each.Value.Total)
            .ThenBy(static each => each.Key.Direction)
            .ThenBy(static each => each.Key.Address.ToString(), StringComparer.Ordinal))
        {
            if (rows.Count < MaxAddresses)
            {
                rows.Add(sums.ToGroup(group, direction, address, sums.SeenCauses));
            }
            else
            {
                CloseWaitSums sum = rest.GetValueOrDefault(direction);
                sum.Add(in sums);
                rest[direction] = sum;
            }
        }

        return [.. rows, .. rest.Select(each => each.Value.ToGroup(group, each.Key, null, each.Value.SeenCauses))];
    }
}
