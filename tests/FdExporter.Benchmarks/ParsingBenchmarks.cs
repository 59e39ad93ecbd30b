using BenchmarkDotNet.Attributes;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.SockDiag;
using FdExporter.Linux.Sockets;

namespace FdExporter.Benchmarks;

/// <summary>The parsers alone, on text and bytes from a real kernel. No system call is made.</summary>
public class ParsingBenchmarks
{
    private const int DumpedSockets = 256;

    private byte[] _stat = [];
    private byte[] _limits = [];
    private byte[] _status = [];
    private byte[] _cgroup = [];
    private byte[] _commandLine = [];
    private byte[] _tcpLine = [];
    private byte[] _dump = [];

    [GlobalSetup]
    public void Setup()
    {
        _stat = Captured("stat");
        _limits = Captured("limits");
        _status = Captured("status");
        _cgroup = Captured("cgroup");
        _commandLine = Captured("cmdline");
        _tcpLine = "  12: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 48213 1 0000000000000000 20 4 30 10 -1"u8.ToArray();
        _dump = CapturedDump.Take(DumpedSockets);
    }

    [Benchmark]
    public ulong Stat() => ProcessStat.TryParse(_stat, out ProcessStat stat) ? stat.StartTicks : throw NotParsed();

    [Benchmark]
    public ulong? Limits() => ProcessLimits.TryParse(_limits, out ProcessLimits limits) ? limits.SoftOpenFiles : throw NotParsed();

    [Benchmark]
    public uint Status() => ProcessStatus.TryParse(_status, out ProcessStatus status) ? status.EffectiveUid : throw NotParsed();

    [Benchmark]
    public int Cgroup() => ProcessCgroup.TryParse(_cgroup, out ReadOnlySpan<byte> path) ? path.Length : throw NotParsed();

    [Benchmark]
    public int CommandLine()
    {
        ReadOnlySpan<byte> text = _commandLine;
        int arguments = 0;
        while (ProcessCommandLine.TryTakeArgument(ref text, out _))
        {
            arguments++;
        }

        return arguments;
    }

    /// <summary>One line of <c>/proc/PID/net/tcp</c>.</summary>
    [Benchmark]
    public ulong TcpTableLine() => TcpTable.TryParse(_tcpLine, out TcpSocket socket) ? socket.Inode : throw NotParsed();

    /// <summary>One socket of a netlink dump.</summary>
    [Benchmark(OperationsPerInvoke = DumpedSockets)]
    public ulong SockDiagMessage()
    {
        ReadOnlySpan<byte> datagram = _dump;
        ulong inodes = 0;
        while (NetlinkMessages.TryTake(ref datagram, out _, out ReadOnlySpan<byte> payload))
        {
            inodes += InetDiag.TryParse(payload, out TcpSocket socket) ? socket.Inode : throw NotParsed();
        }

        return inodes;
    }

    private static byte[] Captured(string file) => File.ReadAllBytes(Path.Combine(Repository.CapturedProcess, file));

    private static InvalidOperationException NotParsed() => new("cannot parse the captured text");
}
