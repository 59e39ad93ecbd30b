using System.Collections.Immutable;
using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>A snapshot with its groups and top processes: bounded, with sums that are true totals.</summary>
internal sealed record GroupedHost
{
    internal required HostSnapshot Snapshot
    {
        get;
        init
        {
            field = value;
            Accounts = HostAccounts.Of(value);
        }
    }

    /// <summary>Complete sums by program, the input of verdicts.</summary>
    internal HostAccounts Accounts { get; private init; } = null!;

    /// <summary>Ordered by name; the folded ones last, as <see cref="GroupSample.Other"/>.</summary>
    internal ImmutableArray<GroupSample> Groups { get; init; } = [];

    internal int FoldedGroups { get; init; }

    /// <summary>Groups that a rule names and that have no process; at most the limit of groups.</summary>
    internal IReadOnlyList<string> AbsentGroups { get; init; } = [];

    /// <summary>Most descriptors first.</summary>
    internal ImmutableArray<TopProcess> TopProcesses { get; init; } = [];

    internal int FoldedProcesses { get; init; }

    /// <summary>Descriptors of all processes that are not shown. Null if none of them can be counted.</summary>
    internal long? FoldedOpenFds { get; init; }

    /// <summary>TCP sockets of the processes that are not shown; null if not collected, or if none of them can be inspected.</summary>
    internal TcpStateCounts? FoldedSockets { get; init; }

    /// <summary>The TCP states of <see cref="FoldedSockets"/> that have a series.</summary>
    internal ShownStates FoldedStates { get; init; }

    /// <summary>Those of the sockets whose owner is not known.</summary>
    internal ShownStates UnattributedStates { get; init; }

    /// <summary>Those of the sockets that no process can hold.</summary>
    internal ShownStates InodelessStates { get; init; }

    /// <summary>Most sockets first; null if not collected.</summary>
    internal ImmutableArray<CloseWaitGroup>? CloseWait { get; init; }

    internal int FoldedEndpoints { get; init; }

    /// <summary>Ordered by program and port. Null if not collected.</summary>
    internal ImmutableArray<ListenerGroup>? Listeners { get; init; }

    internal int FoldedListeners { get; init; }

    /// <summary>Ordered by program, direction and address. Null if not collected.</summary>
    internal ImmutableArray<AddressGroup>? Addresses { get; init; }

    internal int FoldedAddresses { get; init; }

    /// <summary>Ordered by program and mount point. Null if not collected.</summary>
    internal ImmutableArray<DeletedFilesGroup>? DeletedFiles { get; init; }

    internal int FoldedDeletedFiles { get; init; }

    /// <summary>Ordered by user, the folded ones last. Null if not collected.</summary>
    internal ImmutableArray<InotifyUser>? InotifyUsers { get; init; }

    internal int FoldedInotifyUsers { get; init; }

    /// <summary>The host's first, the folded ones last. Null if not collected.</summary>
    internal ImmutableArray<TcpNamespace>? Namespaces { get; init; }

    internal int FoldedNamespaces { get; init; }
}
