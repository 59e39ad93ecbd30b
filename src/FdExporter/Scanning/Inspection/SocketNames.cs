using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Inspection;

/// <summary>Names sockets that are in no kernel table by the kernel's protocol name.</summary>
internal sealed class SocketNames(ProcFs procFs)
{
    private readonly byte[] _buffer = new byte[256];

    /// <summary>Stays unknown if the kernel does not report it, or time runs out.</summary>
    internal void Complete(ProcFolder folder, List<FdSample> fds, Deadline deadline)
    {
        for (int i = 0; i < fds.Count && !deadline.HasPassed; i++)
        {
            FdSample fd = fds[i];
            if (fd.Socket is { Protocol: SocketProtocol.Unknown }
                && FdLink.Parse(Encoding.UTF8.GetBytes(fd.Target)).SocketInode is not 0 and var inode
                && SocketName.TryRead(procFs, fd.Thread is { } thread ? new ProcFolder(folder.Pid, thread) : folder, fd.Number, inode, _buffer, out ReadOnlySpan<byte> name) == ReadStatus.Ok)
            {
                fds[i] = fd with { Socket = SampleOf(name) };
            }
        }
    }

    internal static SocketSample SampleOf(ReadOnlySpan<byte> name)
    {
        SocketProtocol protocol = SocketProtocolNames.OfKernelName(name);
        return new SocketSample(
            protocol,
            IsInNoTable: SocketProtocolNames.HasTable(protocol),
            KernelName: protocol == SocketProtocol.Other ? Encoding.UTF8.GetString(name) : null);
    }
}
