using System.Text;
using FdExporter.Linux.SockDiag;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.SockDiag;

/// <summary>A listener at /run/app/l.sock, as Linux tells of it.</summary>
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
        Assert.True(client.TryDumpUnix((inode, isListening, path) => sockets[inode] = (isListening, Encoding.UTF8.GetString(path))));
        Assert.Equal((true, $"{folder}/l"), sockets[listening.Inode]);
        Assert.Equal((false, $"{folder}/a\n0: b"), sockets[newline.Inode]);
        Assert.Equal((false, $"\0{folder}\0x"), sockets[name.Inode]);
        Assert.Equal((false, ""), sockets[nameless.Inode]);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Parse_AnyBytes_NeverThrows() => Hostile.NeverThrows(Encoding.Latin1.GetString(Convert.FromHexString(Listening)), static text => UnixDiag.TryParse(text, out _, out _, out _));

    [Fact]
    public void Parse_CutOff_FailsOrHasNoPath()
    {
        byte[] message = Convert.FromHexString(Listening);
        Assert.True(UnixDiag.TryParse(message, out ulong inode, out bool isListening, out ReadOnlySpan<byte> path));
        Assert.Equal((146616ul, true, "/run/app/l.sock"), (inode, isListening, Encoding.ASCII.GetString(path)));
        for (int length = 0; length < 16 + 4 + 15; length++)
        {
            Assert.Equal(length >= 16, UnixDiag.TryParse(message.AsSpan(0, length), out _, out _, out ReadOnlySpan<byte> cut));
            Assert.True(cut.IsEmpty);
        }
    }
}
