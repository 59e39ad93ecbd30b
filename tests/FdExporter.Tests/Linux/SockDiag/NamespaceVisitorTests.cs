using System.Net;
using System.Net.Sockets;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Linux.SockDiag;
using FdExporter.Tests.Testing;
using TcpSocket = FdExporter.Linux.Sockets.TcpSocket;

namespace FdExporter.Tests.Linux.SockDiag;

/// <summary>With the real kernel; enters the namespace that it is already in, which still requires CAP_SYS_ADMIN.</summary>
public sealed class NamespaceVisitorTests : IDisposable
{
    private const ushort NoSuchRequest = 4711;

    private readonly ProcFs _procFs = ProcFs.Open("/proc");
    private readonly NamespaceVisitor _visitor = new();

    public void Dispose()
    {
        _visitor.Dispose();
        _procFs.Dispose();
    }

    /// <summary>Such a kernel rejects each old request; the socket must stay usable, since there is no replacement.</summary>
    [Fact]
    [Needs("root")]
    public void OldRequestRefused_InAnotherNamespace_TheNewOneListsTheSockets()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        SockDiagClient? client = null;
        VisitOwn(() => client = new SockDiagClient(TimeSpan.FromSeconds(2), NoSuchRequest, reopens: false));
        using (client)
        {
            List<ushort> ports = [];
            Assert.True(client!.TryDump(InetDiag.AllStates, (in TcpSocket socket) => ports.Add(socket.Local.Port)));
            Assert.False(client.ListsBothFamiliesAtOnce);
            Assert.Contains((ushort)((IPEndPoint)listener.LocalEndPoint!).Port, ports);
            Assert.Equal(SocketNamespace.ReadOwnCookie(), client.NamespaceCookie);
        }
    }

    [Fact]
    [Needs("root")]
    public void Visit_IsOfOneThread_WhichIsKept_WhateverTheWorkThrows()
    {
        List<int> threads = [];
        Assert.Throws<InvalidOperationException>(() => VisitOwn(() =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            throw new InvalidOperationException();
        }));
        VisitOwn(() => threads.Add(Environment.CurrentManagedThreadId));
        Assert.Equal(threads[0], threads[1]);
        Assert.NotEqual(Environment.CurrentManagedThreadId, threads[0]);
    }

    [Fact]
    public void Visit_OfWhatIsNoNamespace_IsAnErrorOfTheKernel()
    {
        Assert.Equal(ReadStatus.Ok, _procFs.TryOpen(ProcPath.Of("self/stat"u8), directory: false, out ScopedFd file));
        int fd = file.Value;
        Assert.Equal(Libc.EINVAL, Assert.Throws<KernelException>(() => _visitor.Visit(fd, static () => { })).Errno);
        file.Dispose();
    }

    private void VisitOwn(Action work)
    {
        Assert.Equal(ReadStatus.Ok, _procFs.TryOpen(ProcPath.Of("self/ns/net"u8), directory: false, out ScopedFd own));
        try
        {
            _visitor.Visit(own.Value, work);
        }
        finally
        {
            own.Dispose();
        }
    }
}
