using System.Collections.Immutable;
using FdExporter.Accounts;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis.History;

/// <summary>What the handles of programs are, to tell which of them a rise of the machine's handles consists of.</summary>
internal sealed partial class HostHistory
{
    private void AddHandles(HostAccounts accounts, long minute)
    {
        Begin(HistoryKey.Kind.Handles);
        foreach (ProgramAccount program in accounts.Programs)
        {
            foreach (HandleKind kind in HandleKind.All)
            {
                if (program.HandlesOf(kind) is >= MinOfType and var count)
                {
                    Add(HistoryKey.Handles(program.Name, kind), minute, count, isWatched: true, TenantOf(accounts, program));
                }
            }
        }
    }

    private void AddConnections(ImmutableArray<AddressGroup>? addresses, long minute)
    {
        Begin(HistoryKey.Kind.Connections);
        foreach (AddressGroup group in addresses ?? [])
        {
            if (group.States.Total is >= MinConnections and var count)
            {
                Add(HistoryKey.Connections(group.Group, group.Direction, group.Address), minute, count, isWatched: true);
            }
        }
    }
}
