using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>The processes of one name, added up.</summary>
/// <param name="OpenFds">Unit: descriptors. Null where not one member's may be counted.</param>
/// <param name="MaxProcessOpenFds">Of the member that holds most.</param>
/// <param name="MaxProcessFdRatio">Of the member nearest to its soft limit; null where no member has a ratio.</param>
/// <param name="Holdings">Of the members that may be looked into; null where none may.</param>
/// <param name="ShownTypes">The types that have a series: those that the group holds or held, one bit each.</param>
/// <param name="ShownStates">The TCP states of sockets that the group owns or owned.</param>
/// <param name="ShowsDeadSockets">Whether the group holds or held a socket whose connection is gone.</param>
internal sealed record GroupSample(
    string Name,
    long Processes,
    long? OpenFds,
    long? MaxProcessOpenFds,
    double? MaxProcessFdRatio,
    ProcessHoldings? Holdings = null,
    int ShownTypes = 0,
    ShownStates ShownStates = default,
    bool ShowsDeadSockets = false)
{
    /// <summary>Where everything beyond the shown ones is added up.</summary>
    internal const string Other = ReservedNames.Other;

    /// <summary>Whose sockets no visible process holds.</summary>
    internal const string Unknown = ReservedNames.Unknown;
}
