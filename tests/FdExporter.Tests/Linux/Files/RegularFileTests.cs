using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using FdExporter.Linux.Files;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Files;

/// <summary>Real files of every kind.</summary>
public sealed partial class RegularFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    private string File => PathOf("file");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(16 * 1024 + 1)]
    [InlineData(100_000)]
    public void Read_GivesAllBytes(int length)
    {
        byte[] bytes = [.. Enumerable.Range(0, length).Select(static i => (byte)i)];
        System.IO.File.WriteAllBytes(File, bytes);
        Assert.Equal(bytes, RegularFile.Read(File, 100_000).Bytes);
        System.IO.File.CreateSymbolicLink(PathOf("link"), File);
        Assert.Equal(bytes, RegularFile.Read(PathOf("link"), 100_000).Bytes);
    }

    [Theory]
    [InlineData(10, 9)]
    [InlineData(100_000, 99_999)]
    public void Read_Larger_IsRefused(int length, int most)
    {
        System.IO.File.WriteAllBytes(File, new byte[length]);
        Assert.Equal($"is larger than {most} bytes", Assert.Throws<IOException>(() => RegularFile.Read(File, most)).Message);
    }

    /// <summary>None of them is even opened; opening a FIFO or a terminal could block.</summary>
    [Fact]
    public void Read_NoRegularFile_IsRefusedAtOnce()
    {
        KernelFifo.Make(PathOf("fifo"));
        System.IO.File.CreateSymbolicLink(PathOf("link"), PathOf("fifo"));
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(PathOf("socket")));
        Assert.Equal("is a FIFO, not a regular file", Refusal(PathOf("fifo")));
        Assert.Equal("is a FIFO, not a regular file", Refusal(PathOf("link")));
        Assert.Equal("is a socket, not a regular file", Refusal(PathOf("socket")));
        Assert.Equal("is a directory, not a regular file", Refusal(_folder));
        Assert.Equal("is a device, not a regular file", Refusal("/dev/zero"));
        Assert.Equal("No such file or directory", Refusal(PathOf("none")));
        Assert.Equal("not a valid path", Refusal("a\0b"));
    }

    [Theory]
    [InlineData(0, 0x1a4, null)]
    [InlineData(0, 0x1b0, null)]
    [InlineData(0, 0x1b6, "is writable by everybody")]
    [InlineData(1234, 0x180, "is owned by uid 1234, neither root nor this user", Traits = ["needs", "root"])]
    public void Doubt_IsThatOtherUsersCanWriteIt(uint user, int mode, string? doubt)
    {
        System.IO.File.WriteAllText(File, "");
        Own(File, user, mode);
        Assert.Equal(doubt, RegularFile.Read(File, 1).Doubt);
    }

    [Theory]
    [InlineData(0, 0x1ed, null)]
    [InlineData(0, 0x3ff, null)]
    [InlineData(0, 0x1ff, "is writable by everybody")]
    [InlineData(1234, 0x1ed, "is owned by uid 1234, neither root nor this user", Traits = ["needs", "root"])]
    public void Doubt_IsThatOtherUsersCanReplaceIt(uint user, int mode, string? doubt)
    {
        System.IO.File.WriteAllText(File, "");
        System.IO.File.SetUnixFileMode(File, (UnixFileMode)0x180);
        Own(_folder, user, mode);
        Assert.Equal(doubt is null ? null : $"is in {_folder}, which {doubt}", RegularFile.Read(File, 1).Doubt);
    }

    private static string Refusal(string path) => Assert.Throws<IOException>(() => RegularFile.Read(path, 10)).Message;

    private static void Own(string path, uint user, int mode)
    {
        System.IO.File.SetUnixFileMode(path, (UnixFileMode)mode);
        if (user != 0 && chown(path, user, user) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "chown");
        }
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint owner, uint group);
}
