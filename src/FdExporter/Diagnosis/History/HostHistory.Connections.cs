using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Diagnosis.History;

/// <summary>Adds the numbers of sockets.</summary>
internal sealed partial class HostHistory
{
    private void AddCloseWait(HostAccounts accounts, long minute)
    {
        Begin(HistoryKey.Kind.CloseWaitOf);
        AddCloseWait(accounts.Unknown, minute, "");
        foreach (ProgramAccount program in accounts.Programs)
        {
            AddCloseWait(program, minute, TenantOf(accounts, program));
        }

        Begin(HistoryKey.Kind.LostSockets);
        foreach (ProgramAccount program in accounts.Programs)
        {
            long? lost = program.DeadSockets + program.OwnCloseWait(ConnectionDirection.Outbound) + program.OwnCloseWait(ConnectionDirection.Inbound);
            Add(HistoryKey.LostSockets(program.Name), minute, lost, isWatched: program.DeadSockets >= MinCloseWait, TenantOf(accounts, program));
        }
    }

    private void AddCloseWait(ProgramAccount program, long minute, string tenant)
    {
        for (ConnectionDirection direction = ConnectionDirection.Outbound; direction <= ConnectionDirection.Inbound; direction++)
        {
            long sockets = program.OwnCloseWait(direction);
            Add(HistoryKey.CloseWaitOf(program.Name, direction), minute, sockets, isWatched: sockets >= MinCloseWait, tenant);
        }
    }

    private void AddIdle(HostAccounts accounts, long minute)
    {
        Begin(HistoryKey.Kind.IdleConnections);
        foreach (ProgramAccount program in accounts.Programs)
        {
            foreach (AddressTotal total in program.AddressTotals)
            {
                // Only addresses with idle connections, since each key is a text.
                if (total.Address is { } address && total.Idle.Of(IdleCounts.Hour) is > 0 and var idle)
                {
                    Add(HistoryKey.IdleConnections(program.Name, total.Direction, address), minute, idle, isWatched: idle >= MinConnections, TenantOf(accounts, program));
                }
            }
        }
    }
}
