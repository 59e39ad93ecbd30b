namespace FdExporter.Model;

/// <summary>Descriptors that were sent to a process over a Unix socket (SCM_RIGHTS) and that it has not received: no process has them.</summary>
/// <param name="Process">Index of the receiver among the snapshot's processes.</param>
/// <param name="Count">Of sockets, files and all else; the kernel does not tell which.</param>
internal readonly record struct InFlightSample(int Process, long Count);
