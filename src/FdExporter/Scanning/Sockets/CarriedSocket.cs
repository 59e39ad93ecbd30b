using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning.Sockets;

/// <summary>A socket that a process holds and that was made in a namespace in which that process does not live.</summary>
/// <param name="Fd">The number of its descriptor.</param>
internal readonly record struct CarriedSocket(ProcessId Process, int Fd, ulong Inode)
{
    /// <summary>The thread in whose descriptor table it is; 0 where the process itself shows it.</summary>
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
