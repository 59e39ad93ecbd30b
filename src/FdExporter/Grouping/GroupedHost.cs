using System.Collections.Immutable;
using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>A snapshot with its groups and its top processes: bounded, and with sums that are the true totals.</summary>
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

    /// <summary>All of the snapshot by program: what a verdict is made of.</summary>
    internal HostAccounts Accounts { get; private init; } = null!;

    /// <summary>In the order of their names; the folded ones last, as <see cref="GroupSample.Other"/>.</summary>
    internal ImmutableArray<GroupSample> Groups { get; init; } = [];

    internal int FoldedGroups { get; init; }

    /// <summary>Groups that a rule names and nobody runs, as many as groups may be shown.</summary>
    internal IReadOnlyList<string> AbsentGroups { get; init; } = [];

    /// <summary>Most descriptors first.</summary>
    internal ImmutableArray<TopProcess> TopProcesses { get; init; } = [];

    internal int FoldedProcesses { get; init; }

    /// <summary>What the processes that are not shown hold together. Unit: descriptors. Null when not one of them may be counted.</summary>
    internal long? FoldedOpenFds { get; init; }

    /// <summary>The TCP sockets of the processes that are not shown; null when nobody looked, or none of them may be looked into.</summary>
    internal TcpStateCounts? FoldedSockets { get; init; }

    /// <summary>The TCP states of <see cref="FoldedSockets"/> that have a series.</summary>
    internal ShownStates FoldedStates { get; init; }

    /// <summary>Those of the sockets whose owner is not known.</summary>
    internal ShownStates UnattributedStates { get; init; }

    /// <summary>Those of the sockets that no process can hold.</summary>
    internal ShownStates InodelessStates { get; init; }

    /// <summary>Most sockets first; null when nobody looked.</summary>
    internal ImmutableArray<CloseWaitGroup>? CloseWait { get; init; }

    internal int FoldedEndpoints { get; init; }

    /// <summary>The host's first; the folded ones last. Null when nobody looked.</summary>
    internal ImmutableArray<TcpNamespace>? Namespaces { get; init; }

    internal int FoldedNamespaces { get; init; }
}
