using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>
/// Selects and groups what is shown of a snapshot. Remembers previous selections, so that they are stable. Not thread-safe.
/// </summary>
internal sealed class HostGrouper
{
    private readonly GroupTable _groups;
    private readonly ProcessTop _processes;
    private readonly CloseWaitGrouper _closeWait;
    private readonly ListenerGrouper _listeners;
    private readonly AddressGrouper _addresses;
    private readonly DeletedFilesGrouper _deletedFiles;
    private readonly InotifyUsers _inotify;
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
        _listeners = new ListenerGrouper(limits, time);
        _addresses = new AddressGrouper(limits, time);
        _deletedFiles = new DeletedFilesGrouper(limits, time);
        _inotify = new InotifyUsers(limits, time);
        _namespaces = new NamespaceFolder(limits, time);
    }

    private HostGrouper(HostGrouper other)
    {
        _groups = other._groups.Copy();
        _processes = other._processes.Copy();
        _closeWait = other._closeWait.Copy();
        _listeners = other._listeners.Copy();
        _addresses = other._addresses.Copy();
        _deletedFiles = other._deletedFiles.Copy();
        _inotify = other._inotify.Copy();
        _namespaces = other._namespaces.Copy();
        (_unattributed, _inodeless) = (other._unattributed, other._inodeless);
        _naming = other._naming;
    }

    /// <summary>A copy with the same state, for a snapshot that must not change this state.</summary>
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
            _listeners.Restart();
            _addresses.Restart();
            _deletedFiles.Restart();
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

        if (snapshot.Listeners is not null)
        {
            (var listeners, int foldedListeners) = _listeners.Group(accounts, _groups);
            host = host with { Listeners = listeners, FoldedListeners = foldedListeners };
        }

        if (snapshot.Connections is not null)
        {
            (var addresses, int foldedAddresses) = _addresses.Group(accounts, _groups);
            host = host with { Addresses = addresses, FoldedAddresses = foldedAddresses };
        }

        if (snapshot.Files is { } files)
        {
            (var deleted, int foldedDeleted) = _deletedFiles.Group(accounts, _groups);
            (var users, int foldedUsers) = _inotify.Group(accounts, files);
            host = host with { DeletedFiles = deleted, FoldedDeletedFiles = foldedDeleted, InotifyUsers = users, FoldedInotifyUsers = foldedUsers };
        }

        return host;
    }
}
