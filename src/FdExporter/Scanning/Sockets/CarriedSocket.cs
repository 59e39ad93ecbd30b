using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Sockets;

/// <summary>A socket that a process holds and that was created in a network namespace other than the process's own.</summary>
/// <param name="Fd">Its descriptor number.</param>
internal readonly record struct CarriedSocket(ProcessId Process, int Fd, ulong Inode)
{
    /// <summary>The thread whose descriptor table contains it; 0 if it is in the process's own.</summary>
    internal int Thread { get; init; }

    internal ProcFolder Folder => new(Process.Pid, Thread);

    /// <summary>Whether the descriptor still leads to it.</summary>
    internal bool IsThere(ProcFs procFs)
    {
        Span<byte> buffer = stackalloc byte[64];
        return procFs.TryReadLink(ProcPath.OfDescriptor(Folder, Fd), buffer, out ReadOnlySpan<byte> target) == ReadStatus.Ok
            && FdLink.Parse(target).SocketInode == Inode;
    }
}
