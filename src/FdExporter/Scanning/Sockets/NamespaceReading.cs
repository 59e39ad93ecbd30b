namespace FdExporter.Scanning.Sockets;

/// <summary>The last reading of a network namespace.</summary>
/// <param name="At">When it was done; the time provider's timestamp.</param>
/// <param name="Counters">What it is compared with to tell whether anything has happened since; null where no process told.</param>
/// <param name="NewestStart">Of a process in it. A server that starts anew moves no counter: one listener goes, another comes.</param>
internal sealed record NamespaceReading(NamespaceSockets Sockets, long At, NamespaceCounters? Counters, ulong NewestStart);
