using System.Runtime.InteropServices;

namespace FdExporter.Linux.Native;

/// <summary>
/// A system call failed with an error other than "gone" or "denied": handle table full, I/O error, malformed reply. Names the
/// operation and its target.
/// </summary>
public sealed class KernelException(string operation, string target, int errno, string? detail = null)
    : IOException(detail is null ? $"{operation} {target}: {Marshal.GetPInvokeErrorMessage(errno)}" : $"{operation} {target}: {detail}")
{
    /// <summary>The errno, or 0 if the kernel reported no error.</summary>
    public int Errno { get; } = errno;

    internal static KernelException FromLastError(string operation, string target)
        => new(operation, target, Marshal.GetLastPInvokeError());

    internal static KernelException Protocol(string operation, string target, string detail) => new(operation, target, 0, detail);
}
