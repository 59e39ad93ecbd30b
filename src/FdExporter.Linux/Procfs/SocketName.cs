using System.Runtime.InteropServices;
using System.Text;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// The extended attribute <c>system.sockprotoname</c> of a descriptor: what the kernel calls the protocol of a socket, whether
/// or not it is in a table. <c>TCP</c>, <c>UNIX-STREAM</c>, <c>AF_VSOCK</c>. Needs the same rights as to follow the link.
/// </summary>
internal static unsafe class SocketName
{
    /// <param name="inode">Of the socket. On a file of a dead server the call would hang, so the link is looked at again just before.</param>
    /// <returns>Gone where the descriptor leads elsewhere by now, and on a folder of captured files.</returns>
    internal static ReadStatus TryRead(ProcFs procFs, int pid, int fd, ulong inode, Span<byte> buffer, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (!procFs.IsKernel || procFs.TryReadLink(ProcPath.OfFd(pid, fd), buffer, out ReadOnlySpan<byte> target) != ReadStatus.Ok
            || FdLink.Parse(target).SocketInode != inode)
        {
            return ReadStatus.Gone;
        }

        nint length;
        fixed (byte* path = Encoding.UTF8.GetBytes(FormattableString.Invariant($"{procFs.Root}/{pid}/fd/{fd}\0")))
        fixed (byte* attribute = "system.sockprotoname\0"u8)
        fixed (byte* value = buffer)
        {
            length = Libc.getxattr(path, attribute, value, (nuint)buffer.Length);
        }

        if (length <= 0)
        {
            return length < 0 && Marshal.GetLastPInvokeError() is Libc.EACCES or Libc.EPERM ? ReadStatus.Denied : ReadStatus.Gone;
        }

        // The value ends with a NUL.
        name = buffer[..(int)length].TrimEnd((byte)0);
        return ReadStatus.Ok;
    }
}
