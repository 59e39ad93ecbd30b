namespace FdExporter.Model;

/// <summary>Descriptors sent to a process over a Unix socket (SCM_RIGHTS) and not received yet: no process has them.</summary>
/// <param name="Process">Index of the receiver among the snapshot's processes.</param>
/// <param name="Count">Sockets, files and everything else; the kernel does not report which.</param>
internal readonly record struct InFlightSample(int Process, long Count);
