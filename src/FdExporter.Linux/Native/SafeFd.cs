using System.Runtime.InteropServices;

namespace FdExporter.Linux.Native;

/// <summary>A file descriptor that outlives the method that opened it.</summary>
internal sealed class SafeFd : SafeHandle
{
    internal SafeFd(int fd)
        : base(-1, ownsHandle: true) => SetHandle(fd);

    public override bool IsInvalid => handle < 0;

    internal int Value => IsClosed ? throw new ObjectDisposedException(nameof(SafeFd)) : (int)handle;

    // close(2) is not retried on EINTR: Linux has closed the descriptor anyway.
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
