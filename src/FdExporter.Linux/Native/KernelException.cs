using System.Runtime.InteropServices;

namespace FdExporter.Linux.Native;

/// <summary>
/// A system call failed in a way that is neither "gone" nor "denied": the table of handles is full, an I/O error,
/// a reply that breaks the protocol. Names the operation and what it was asked of.
/// </summary>
public sealed class KernelException(string operation, string target, int errno, string? detail = null)
    : IOException(detail is null ? $"{operation} {target}: {Marshal.GetPInvokeErrorMessage(errno)}" : $"{operation} {target}: {detail}")
{
    /// <summary>The error number, or 0 where the failure is not one of the kernel's.</summary>
    public int Errno { get; } = errno;

    internal static KernelException FromLastError(string operation, string target)
        => new(operation, target, Marshal.GetLastPInvokeError());

    internal static KernelException Protocol(string operation, string target, string detail) => new(operation, target, 0, detail);
}
