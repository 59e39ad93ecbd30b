using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>The processes of one name, added up.</summary>
/// <param name="OpenFds">Unit: descriptors. Null if no member's descriptors can be counted.</param>
/// <param name="MaxProcessOpenFds">Of the member with most descriptors.</param>
/// <param name="MaxProcessFdRatio">Of the member closest to its soft limit; null if no member has a ratio.</param>
/// <param name="Holdings">Of the members that can be inspected; null if there are none.</param>
/// <param name="ShownTypes">The types that have a series: those that the group holds or has held, one bit each.</param>
/// <param name="ShownStates">The TCP states of sockets that the group owns or has owned.</param>
/// <param name="ShowsDeadSockets">Whether the group holds or has held a socket whose connection is gone.</param>
/// <param name="ShownProtocols">The protocols of sockets that have a series, one bit each.</param>
/// <param name="ShownUnixStates">Likewise the states of Unix sockets.</param>
internal sealed record GroupSample(
    string Name,
    long Processes,
    long? OpenFds,
    long? MaxProcessOpenFds,
    double? MaxProcessFdRatio,
    ProcessHoldings? Holdings = null,
    int ShownTypes = 0,
    ShownStates ShownStates = default,
    bool ShowsDeadSockets = false,
    int ShownProtocols = 0,
    int ShownUnixStates = 0)
{
    /// <summary>Group of everything that is not shown.</summary>
    internal const string Other = ReservedNames.Other;

    /// <summary>Group of sockets that no visible process holds.</summary>
    internal const string Unknown = ReservedNames.Unknown;
}
