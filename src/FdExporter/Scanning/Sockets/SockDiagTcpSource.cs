using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.SockDiag;
using FdExporter.Linux.Sockets;
using FdExporter.Scanning.Connections;

namespace FdExporter.Scanning.Sockets;

/// <summary>Reads the network namespace in which the client was created, through netlink.</summary>
internal sealed class SockDiagTcpSource(SockDiagClient client) : ITcpSource
{
    private const int MaxTries = 3;
    private const uint CloseWait = 1u << (int)KernelTcpState.CloseWait;
    private const uint Listen = 1u << (int)KernelTcpState.Listen;

    // A dump takes well under a microsecond per socket; a kernel that is silent for this long will not answer.
    internal static readonly TimeSpan ReceiveTimeout = TimeSpan.FromSeconds(2);

    private readonly MptcpConnections _mptcp = new();
    private ITcpSocketSink _sink = null!;
    private TcpSocketVisitor? _visitMptcp;
    private bool _refusesExact;

    /// <summary>Subflows not visited, minus the connections that stand for them.</summary>
    private int _hiddenSubflows;

    public string Name => "sock_diag";

    /// <summary>Identifies the namespace; 0 if unknown.</summary>
    internal ulong NamespaceCookie => client.NamespaceCookie;

    /// <summary>For the namespace of another process; null if it is gone or denies access.</summary>
    /// <exception cref="KernelException">It cannot be entered, or netlink is not available in it.</exception>
    internal static SockDiagTcpSource? TryOpenOf(NamespaceVisitor visitor, ProcFs procFs, ProcFolder process)
    {
        if (procFs.TryOpen(ProcPath.Of(process, "ns/net"u8), directory: false, out ScopedFd link) != ReadStatus.Ok)
        {
            return null;
        }

        using (link)
        {
            return Open(visitor, procFs, link.Value, out _);
        }
    }

    /// <summary>For an open namespace.</summary>
    /// <param name="id">Its id as in <see cref="NetNamespace"/>; 0 if unknown.</param>
    /// <exception cref="KernelException">It cannot be entered, or netlink is not available in it.</exception>
    internal static SockDiagTcpSource Open(NamespaceVisitor visitor, ProcFs procFs, int namespaceFd, out ulong id)
    {
        SockDiagClient? inside = null;
        ulong found = 0;
        visitor.Visit(namespaceFd, () =>
        {
            inside = new SockDiagClient(ReceiveTimeout, reopens: false);
            _ = NetNamespace.TryReadOfThread(procFs, out found);
        });
        id = found;
        return new SockDiagTcpSource(inside!);
    }

    public void Read(ITcpSocketSink sink)
    {
        bool hasInfo = sink.Records is null || sink.TakeIdleTurn();
        for (int tries = 0; tries < MaxTries; tries++)
        {
            sink.Restart();
            _hiddenSubflows = 0;
            if (ReadMptcp(sink) & ReadTcp(_mptcp.IsEmpty ? sink.Visit : WithoutSubflows(sink), hasInfo))
            {
                if (sink.Records is { } records)
                {
                    Ask(records, sink.Answer);
                }

                if (sink.AnswerListener is { } answer)
                {
                    AskListeners(answer);
                }

                sink.NoteHidden(_hiddenSubflows);
                return;
            }
        }

        throw KernelException.Protocol("dump", "NETLINK_SOCK_DIAG", $"interrupted {MaxTries} times");
    }

    /// <summary>Visits the Unix sockets of the namespace. One opened or closed meanwhile may be missing; one may be visited twice.</summary>
    /// <param name="show">See <see cref="UnixDiag"/>.</param>
    /// <exception cref="KernelException">The kernel refuses, or does not list them.</exception>
    internal void ReadUnix(UnixSocketVisitor visit, uint show, uint states = uint.MaxValue)
    {
        for (int tries = 0; !client.TryDumpUnix(visit, show, states) && tries < MaxTries; tries++)
        {
        }
    }

    private bool ReadTcp(TcpSocketVisitor visit, bool hasInfo) => client.TryDump(InetDiag.AllStates, visit, hasInfo ? InetDiag.ExtInfo : (byte)0);

    /// <summary>
    /// Requests the age of sockets in CLOSE_WAIT and who opened them. Reading struct tcp_info costs half as much as the socket itself, so
    /// the full dump omits it. Sockets left out here are requested again in the next scan.
    /// </summary>
    private void Ask(CloseWaitRecords records, TcpSocketVisitor answer)
    {
        ReadOnlySpan<TcpSocketId> wanted = records.Wanted;
        if (!records.AreMany && !_refusesExact)
        {
            try
            {
                for (int i = 0; i < wanted.Length; i += SockDiagClient.MostAtOnce)
                {
                    client.Ask(wanted.Slice(i, Math.Min(SockDiagClient.MostAtOnce, wanted.Length - i)), answer);
                }

                return;
            }
            catch (KernelException refused) when (refused.Errno != 0)
            {
                _refusesExact = true;
            }
        }

        if (!wanted.IsEmpty)
        {
            _ = client.TryDump(CloseWait, answer, InetDiag.ExtInfo);
        }
    }

    /// <summary>
    /// Requests the drops of the listeners. They have a table of their own, so this is cheap. One opened or closed meanwhile has no
    /// drops yet.
    /// </summary>
    private void AskListeners(TcpSocketVisitor answer)
    {
        try
        {
            _ = client.TryDump(Listen, answer, InetDiag.ExtMemory);
        }
        catch (KernelException)
        {
            // The queues are known without it; the drops are unknown then.
        }
    }

    private bool ReadMptcp(ITcpSocketSink sink)
    {
        _mptcp.Clear();
        _sink = sink;
        return client.TryDumpMptcp(InetDiag.ConnectionStates, _visitMptcp ??= (in TcpSocket connection) =>
        {
            _mptcp.Add(in connection);
            _sink.Visit(in connection);
            _hiddenSubflows--;
        });
    }

    private TcpSocketVisitor WithoutSubflows(ITcpSocketSink sink) => (in TcpSocket row) =>
    {
        if (_mptcp.HasSubflow(in row))
        {
            _hiddenSubflows++;
        }
        else
        {
            sink.Visit(in row);
        }
    };

    /// <summary>Checks that the kernel answers, by asking for the listeners only, which are few.</summary>
    /// <exception cref="KernelException">It refuses.</exception>
    internal void Probe() => client.TryDump(Listen, static (in TcpSocket _) => { });

    public void Dispose() => client.Dispose();
}
