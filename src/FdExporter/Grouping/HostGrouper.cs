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
        if (snapshot.TcpNamespaces is { } all)
        {
            // Without the processes only the host's namespace was read: that says nothing of which others are the largest.
            (var namespaces, int folded) = snapshot.Processes is null ? (all, 0) : _namespaces.Fold(all);
            host = host with { Namespaces = namespaces, FoldedNamespaces = folded };
        }

        if (snapshot.Processes is not { } table)
        {
            return host;
        }

        (var groups, int foldedGroups) = _groups.Group(table, snapshot.Ownership);
        host = _processes.Pick(host with { Groups = groups, FoldedGroups = foldedGroups }, table, snapshot.Ownership);
        if (snapshot.Ownership is { } ownership)
        {
            (var closeWait, int foldedEndpoints) = _closeWait.Group(table, ownership, _groups);
            host = host with { CloseWait = closeWait, FoldedEndpoints = foldedEndpoints };
        }

        return host;
    }
}
