namespace FdExporter.Linux.Native;

/// <summary>Descriptor 2.</summary>
internal static class StandardError
{
    /// <returns>False if the reader has closed.</returns>
    /// <exception cref="KernelException">Writing failed: the disk is full or the terminal is gone.</exception>
    internal static bool TryWrite(ReadOnlySpan<byte> bytes) => StandardStreams.TryWrite(Libc.STDERR_FILENO, "standard error", bytes);
}
