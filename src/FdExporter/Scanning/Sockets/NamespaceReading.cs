namespace FdExporter.Scanning.Sockets;

/// <summary>The last reading of a network namespace.</summary>
/// <param name="At">Time of the reading; the time provider's timestamp.</param>
/// <param name="Counters">
/// Compared with the current counters to find out whether anything has happened since; null without a process in it.
/// </param>
/// <param name="NewestStart">Of the processes in it. A restarting server changes no counter: one listener goes, another comes.</param>
internal sealed record NamespaceReading(NamespaceSockets Sockets, long At, NamespaceCounters? Counters, ulong NewestStart);
