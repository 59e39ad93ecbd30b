using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>What the tables of TCP sockets omit.</summary>
/// <param name="UnreadNamespaces">Known network namespaces that could not be read.</param>
/// <param name="Problems">The reasons, at most one per namespace.</param>
/// <param name="UnlistedSockets">
/// Sockets of the machine that are in no table: not connected, or in a namespace that was not found. Sockets found to be not connected are
/// not counted. Null if unknown.
/// </param>
/// <param name="UnlocatedSockets">Those that a visible process holds and whose namespace cannot be determined.</param>
/// <param name="UnsearchedProcesses">Processes whose threads have not been checked yet.</param>
/// <param name="OldestReading">
/// Age of the oldest numbers of a network namespace; zero if all were read in this scan or are known to be unchanged.
/// </param>
internal sealed record TcpCoverage(
    int UnreadNamespaces,
    ImmutableArray<string> Problems,
    long? UnlistedSockets,
    long UnlocatedSockets,
    int UnsearchedProcesses,
    TimeSpan OldestReading);
