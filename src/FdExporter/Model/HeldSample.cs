namespace FdExporter.Model;

/// <summary>A file that a process holds without a descriptor. Not included in any number of descriptors.</summary>
/// <param name="Fd">The descriptor that holds it: an io_uring or a Unix socket.</param>
/// <param name="Count">1 for a registered file; for files in flight all that wait at this socket.</param>
/// <param name="File">The file, with its number in the io_uring; null for files in flight, which the kernel does not report.</param>
internal readonly record struct HeldSample(HolderKind By, int Fd, long Count, FdSample? File);
