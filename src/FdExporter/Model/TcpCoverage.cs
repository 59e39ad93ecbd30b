using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>What the tables of TCP sockets leave out.</summary>
/// <param name="UnreadNamespaces">Network namespaces that are known and could not be read.</param>
/// <param name="Problems">Why, one for each of them at the most.</param>
/// <param name="UnlistedSockets">
/// Sockets of the machine that are in no table: not connected, or in a namespace that was not found. Those found to be not
/// connected are not counted. Null where the kernel does not tell.
/// </param>
/// <param name="UntoldSockets">Those of them that a visible process holds, and whose namespace may not be asked for.</param>
/// <param name="UnsearchedProcesses">Processes whose threads have not been looked at yet.</param>
/// <param name="OldestReading">
/// How old the oldest numbers of a network namespace are; zero where all were read in this scan, or are known to be as they were.
/// </param>
internal sealed record TcpCoverage(
    int UnreadNamespaces,
    ImmutableArray<string> Problems,
    long? UnlistedSockets,
    long UntoldSockets,
    int UnsearchedProcesses,
    TimeSpan OldestReading);
