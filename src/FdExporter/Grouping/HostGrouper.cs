using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>Turns a snapshot into what is shown of it. Remembers what it showed, so that the selection is stable. Not thread-safe.</summary>
internal sealed class HostGrouper
{
    private readonly GroupTable _groups;
    private readonly ProcessTop _processes;
    private readonly CloseWaitGrouper _closeWait;
    private readonly NamespaceFolder _namespaces;
    private ShownStates _unattributed;
    private ShownStates _inodeless;
    private int _naming;

    /// <param name="time">Clock for the age of names; the system clock if null.</param>
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

    /// <summary>A copy with the same memory, for a snapshot that must not change this one's.</summary>
    internal HostGrouper Copy() => new(this);

    internal GroupedHost Group(HostSnapshot snapshot)
    {
        GroupedHost host = new() { Snapshot = snapshot };
        HostAccounts accounts = host.Accounts;
        if (snapshot.TcpNamespaces is { } all)
        {
            // Without the processes only the host's namespace was read, so the largest of the others are unknown.
            (var namespaces, int folded) = snapshot.Processes is null ? (all, 0) : _namespaces.Fold(all);
            host = host with { Namespaces = namespaces, FoldedNamespaces = folded };
        }

        if (snapshot.Processes is not { } table)
        {
            return host;
        }

        if (table.Naming != _naming)
        {
            // New rules give new names to processes that already existed.
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
