using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// From the text tables of a process, which show its network namespace to everybody. For the host that is pid 1, which on
/// any root lives in the host's namespace, or the root's own <c>net</c> where pid 1 is not to be seen.
/// </summary>
internal sealed class ProcfsTcpSource(ProcFs procFs) : ITcpSource
{
    private readonly TcpTable _table = new(procFs);

    public string Name => "procfs";

    /// <summary>Whose tables; any process of the namespace will do, or a thread that is in it.</summary>
    internal ProcFolder Process { get; set; } = 1;

    public void Read(ITcpSocketSink sink)
    {
        sink.Restart();
        ReadStatus status = ReadBoth(ProcPath.Of(Process, "net/tcp"u8), ProcPath.Of(Process, "net/tcp6"u8), sink);
        if (Process == 1 && status is (ReadStatus.Gone or ReadStatus.Denied))
        {
            sink.Restart();
            status = ReadBoth(ProcPath.Of("net/tcp"u8), ProcPath.Of("net/tcp6"u8), sink);
        }

        if (status != ReadStatus.Ok)
        {
            throw KernelException.Protocol("read", $"{procFs.Root}/{ProcPath.Of(Process, "net/tcp"u8)}", ReadStatusNames.Of(status));
        }
    }

    private ReadStatus ReadBoth(in ProcPath ipv4, in ProcPath ipv6, ITcpSocketSink sink)
    {
        ReadStatus status = _table.TryRead(ipv4, sink.Visit);
        if (status != ReadStatus.Ok)
        {
            return status;
        }

        // A kernel without IPv6 has no second table.
        status = _table.TryRead(ipv6, sink.Visit);
        return status == ReadStatus.Gone ? ReadStatus.Ok : status;
    }

    public void Dispose()
    {
    }
}
