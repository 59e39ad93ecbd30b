using System.Text;
using FdExporter.Linux.SockDiag;
using FdExporter.Linux.Sockets;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.SockDiag;

/// <summary>A listener at /run/app/l.sock, in a reply of Linux.</summary>
public class UnixDiagTests
{
    private const string Listening = "01010a00b83c02000100000000000000130000002f72756e2f6170702f6c2e736f636b00";

    [Fact]
    public void Dump_OfTheKernel_HasEachSocketWithItsVeryPath()
    {
        string folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        using KernelSocket listening = new KernelSocket(KernelSocket.AF_UNIX, KernelSocket.SOCK_STREAM).BindUnix($"{folder}/l").Listen();
        using KernelSocket newline = new KernelSocket(KernelSocket.AF_UNIX, KernelSocket.SOCK_DGRAM).BindUnix($"{folder}/a\n0: b");
        using KernelSocket name = new KernelSocket(KernelSocket.AF_UNIX, KernelSocket.SOCK_STREAM).BindUnix($"\0{folder}\0x");
        using KernelSocket nameless = new(KernelSocket.AF_UNIX, KernelSocket.SOCK_STREAM);
        using SockDiagClient client = new(TimeSpan.FromSeconds(2));
        Dictionary<ulong, (bool IsListening, string Path)> sockets = [];
        Assert.True(client.TryDumpUnix((in ListedUnixSocket socket) => sockets[socket.Inode] = (socket.IsListening, Encoding.UTF8.GetString(socket.Path)), UnixDiag.ShowName));
        Assert.Equal((true, $"{folder}/l"), sockets[listening.Inode]);
        Assert.Equal((false, $"{folder}/a\n0: b"), sockets[newline.Inode]);
        Assert.Equal((false, $"\0{folder}\0x"), sockets[name.Inode]);
        Assert.Equal((false, ""), sockets[nameless.Inode]);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Dump_OfTheKernel_HasEachPeer_AndWhetherItHasClosed()
    {
        string path = $"\0fd-exporter-test-{Guid.NewGuid():n}";
        using KernelSocket listener = new KernelSocket(KernelSocket.AF_UNIX, KernelSocket.SOCK_STREAM).BindUnix(path).Listen();
        using KernelSocket client = new KernelSocket(KernelSocket.AF_UNIX, KernelSocket.SOCK_STREAM).ConnectUnix(path);
        using KernelSocket other = new KernelSocket(KernelSocket.AF_UNIX, KernelSocket.SOCK_STREAM).ConnectUnix(path);
        using KernelSocket datagrams = new KernelSocket(KernelSocket.AF_UNIX, KernelSocket.SOCK_DGRAM).BindUnix(path + "d");
        using KernelSocket sender = new KernelSocket(KernelSocket.AF_UNIX, KernelSocket.SOCK_DGRAM).ConnectUnix(path + "d");
        using SockDiagClient diag = new(TimeSpan.FromSeconds(2));
        Assert.Equal((0ul, false, UnixSocketState.Connected), Of(client));
        Assert.Equal((null, false, UnixSocketState.Unconnected), Of(datagrams));
        Assert.Equal((datagrams.Inode, false, UnixSocketState.Connected), Of(sender));
        Assert.Equal((2u, 5u), QueueOf(listener));

        using (KernelSocket accepted = listener.Accept())
        {
            Assert.Equal((accepted.Inode, false, UnixSocketState.Connected), Of(client));
            Assert.Equal((client.Inode, false, UnixSocketState.Connected), Of(accepted));
        }

        datagrams.Dispose();
        Assert.Equal((0ul, true, UnixSocketState.PeerClosed), Of(client));
        Assert.Equal((0ul, false, UnixSocketState.Connected), Of(other));
        Assert.Equal((0ul, false, UnixSocketState.Unconnected), Of(sender));
        Assert.Equal((null, false, UnixSocketState.Listening), Of(listener));
        Assert.Equal((1u, 5u), QueueOf(listener));

        (ulong? Peer, bool IsShutDown, UnixSocketState State) Of(KernelSocket wanted)
        {
            (ulong?, bool, UnixSocketState)? found = null;
            ulong inode = wanted.Inode;
            Assert.True(diag.TryDumpUnix((in ListedUnixSocket each) => found = each.Inode == inode ? (each.Peer, each.IsShutDown, UnixSocketStates.Of(in each)) : found, UnixDiag.ShowPeer));
            return found!.Value;
        }

        (uint, uint) QueueOf(KernelSocket wanted)
        {
            (uint, uint)? found = null;
            ulong inode = wanted.Inode;
            Assert.True(diag.TryDumpUnix((in ListedUnixSocket each) => found = each.Inode == inode ? (each.Queued, each.Backlog) : found, UnixDiag.ShowQueue, UnixDiag.Listening));
            return found!.Value;
        }
    }

    [Fact]
    public void Parse_AnyBytes_NeverThrows() => Hostile.NeverThrows(Encoding.Latin1.GetString(Convert.FromHexString(Listening)), static text => UnixDiag.TryParse(text, out _));

    [Fact]
    public void Parse_CutOff_FailsOrHasNoPath()
    {
        byte[] message = Convert.FromHexString(Listening);
        Assert.True(UnixDiag.TryParse(message, out ListedUnixSocket socket));
        Assert.Equal((146616ul, true, "/run/app/l.sock"), (socket.Inode, socket.IsListening, Encoding.ASCII.GetString(socket.Path)));
        for (int length = 0; length < 16 + 4 + 15; length++)
        {
            Assert.Equal(length >= 16, UnixDiag.TryParse(message.AsSpan(0, length), out ListedUnixSocket cut));
            Assert.True(cut.Path.IsEmpty);
        }
    }
}
