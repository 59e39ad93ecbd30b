using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>
/// From a snapshot to what is shown of it. Remembers what it showed, so that the choice is steady; one call at a time.
/// </summary>
internal sealed class HostGrouper
{
    private readonly GroupTable _groups;
    private readonly ProcessTop _processes;
    private readonly CloseWaitGrouper _closeWait;
    private readonly NamespaceFolder _namespaces;
    private ShownStates _unattributed;
    private ShownStates _inodeless;
    private int _naming;

    /// <param name="time">By which young names age; the system's if null.</param>
    internal HostGrouper(GroupLimits limits, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        _groups = new GroupTable(limits, time);
        _processes = new ProcessTop(limits, time);
        _closeWait = new CloseWaitGrouper(limits, time);
        _namespaces = new NamespaceFolder(limits, time);
    }

    private HostGrouper(HostGrouper other)
    {
        _groups = other._groups.Copy();
        _processes = other._processes.Copy();
        _closeWait = other._closeWait.Copy();
        _namespaces = other._namespaces.Copy();
        (_unattributed, _inodeless) = (other._unattributed, other._inodeless);
        _naming = other._naming;
    }

    /// <summary>One that remembers the same, for a snapshot that is to change nothing of it.</summary>
    internal HostGrouper Copy() => new(this);

    internal GroupedHost Group(HostSnapshot snapshot)
    {
        GroupedHost host = new() { Snapshot = snapshot };
        HostAccounts accounts = host.Accounts;
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

        if (table.Naming != _naming)
        {
            // New rules, new names: they are no less there for it.
            _naming = table.Naming;
            _groups.Restart();
            _closeWait.Restart();
        }

        (var groups, int foldedGroups) = _groups.Group(accounts);
        host = _processes.Pick(host with { Groups = groups, FoldedGroups = foldedGroups, AbsentGroups = _groups.AbsentOf(accounts) });
        if (snapshot.Ownership is { } ownership)
        {
            (var closeWait, int foldedEndpoints) = _closeWait.Group(accounts, _groups);
            _unattributed = _unattributed.With(ownership.Unattributed);
            _inodeless = _inodeless.With(ownership.WithoutInode);
            host = host with
            {
                CloseWait = closeWait,
                FoldedEndpoints = foldedEndpoints,
                UnattributedStates = _unattributed,
                InodelessStates = _inodeless,
            };
        }

        return host;
    }
}
