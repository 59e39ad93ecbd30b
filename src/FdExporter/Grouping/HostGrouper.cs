using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>
/// From a snapshot to what is shown of it. Remembers what it showed, so that the choice is steady; one call at a time.
/// </summary>
internal sealed class HostGrouper(GroupLimits limits)
{
    private readonly GroupTable _groups = new(limits.MaxGroups);
    private readonly ProcessTop _processes = new(limits.TopProcesses);
    private readonly CloseWaitGrouper _closeWait = new(limits.TopEndpoints);
    private readonly NamespaceFolder _namespaces = new(limits.MaxNamespaces);

    internal GroupedHost Group(HostSnapshot snapshot)
    {
        GroupedHost host = new() { Snapshot = snapshot };
        HostAccounts accounts = host.Accounts;
        if (snapshot.TcpNamespaces is { } all)
        {
            (var namespaces, int folded) = _namespaces.Fold(all);
            host = host with { Namespaces = namespaces, FoldedNamespaces = folded };
        }

        if (snapshot.Processes is not { } table)
        {
            return host;
        }

        (var groups, int foldedGroups) = _groups.Group(accounts);
        host = _processes.Pick(host with { Groups = groups, FoldedGroups = foldedGroups }, table, snapshot.Ownership);
        if (snapshot.Ownership is not null)
        {
            (var closeWait, int foldedEndpoints) = _closeWait.Group(accounts, _groups);
            host = host with { CloseWait = closeWait, FoldedEndpoints = foldedEndpoints };
        }

        return host;
    }
}
