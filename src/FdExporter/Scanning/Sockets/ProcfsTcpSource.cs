using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// Reads the text tables of a process, which show its network namespace to every user. For the host this is pid 1, which is in the host's
/// namespace on any root, or the root's own <c>net</c> if pid 1 is hidden.
/// </summary>
internal sealed class ProcfsTcpSource(ProcFs procFs) : ITcpSource
{
    private readonly TcpTable _table = new(procFs);

    public string Name => "procfs";

    /// <summary>Any process or thread in the namespace.</summary>
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
