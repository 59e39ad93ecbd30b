namespace FdExporter.Model;

/// <summary>What a process holds without a descriptor; in no number of descriptors.</summary>
/// <param name="Fd">The descriptor by which it does: of the io_uring, or of the Unix socket.</param>
/// <param name="Count">1 of a registered file; of those in flight all that wait at that socket.</param>
/// <param name="File">What it is, under the number of the io_uring; null in flight, where the kernel does not tell.</param>
internal readonly record struct HeldSample(HolderKind By, int Fd, long Count, FdSample? File);
