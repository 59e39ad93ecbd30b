using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FdExporter.Tests.Testing;

/// <summary>
/// A file system over a folder that no longer responds: FUSE, whose server is this process. Every access blocks until it is
/// disposed of; then the folder is there again. Source: fuse(4), linux/fuse.h.
/// </summary>
internal sealed partial class DeadDisk : IDisposable
{
    private const ulong NoSuidNoDev = 2 | 4;
    private const int Detach = 2;
    private const int HeaderLength = 40;
    private const int NotThere = 2;
    private const int NotKnown = 38;
    private const uint Folder = 0x41ed;
    private const uint RegularFile = 0x8180;

    private readonly SafeFileHandle _server;
    private readonly string _folder;

    /// <summary>Its files; the number of each is its index plus 2.</summary>
    private readonly (string Name, byte[] Content)[] _files;
    private readonly Thread? _thread;
    private volatile bool _isDead;

    private DeadDisk(SafeFileHandle server, string folder, (string Name, byte[] Content)[] files)
    {
        _server = server;
        _folder = folder;
        _files = files;
        if (files.Length > 0)
        {
            _thread = new Thread(Serve) { IsBackground = true };
            _thread.Start();
        }
    }

    /// <summary>A disk that never responds.</summary>
    internal static DeadDisk Over(string folder) => Mount(folder, []);

    /// <summary>Serves its files until it dies.</summary>
    internal static DeadDisk Alive(string folder, params IEnumerable<(string Name, string Content)> files)
        => Mount(folder, [.. files.Select(static file => (file.Name, Encoding.UTF8.GetBytes(file.Content)))]);

    internal void Die()
    {
        _isDead = true;
        _thread?.Join();
    }

    private static DeadDisk Mount(string folder, (string, byte[])[] files)
    {
        Assert.True(Environment.IsPrivilegedProcess, "only root mounts FUSE");
        Assert.SkipUnless(File.Exists("/dev/fuse"), "this kernel has no FUSE");
        SafeFileHandle server = File.OpenHandle("/dev/fuse", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (mount("dead", folder, "fuse", NoSuidNoDev, FormattableString.Invariant($"fd={server.DangerousGetHandle()},rootmode=40000,user_id=0,group_id=0,allow_other")) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            server.Dispose();
            Assert.SkipWhen(error == 1, "a sandbox in which root may not mount");
            throw new Win32Exception(error, $"mount {folder}");
        }

        return new DeadDisk(server, folder, files);
    }

    private void Serve()
    {
        byte[] request = new byte[64 * 1024];
        while (!_isDead)
        {
            Pollfd wait = new() { fd = (int)_server.DangerousGetHandle(), events = 1 };
            if (poll(ref wait, 1, 20) > 0)
            {
                int length = (int)read(wait.fd, request, request.Length);
                if (length > 0 && AnswerTo(request.AsSpan(0, length)) is { } answer)
                {
                    _ = write(wait.fd, answer, answer.Length);
                }
            }
        }
    }

    private byte[]? AnswerTo(ReadOnlySpan<byte> request)
    {
        int operation = BinaryPrimitives.ReadInt32LittleEndian(request[4..]);
        ulong unique = BinaryPrimitives.ReadUInt64LittleEndian(request[8..]);
        ulong node = BinaryPrimitives.ReadUInt64LittleEndian(request[16..]);
        ReadOnlySpan<byte> body = request[HeaderLength..];
        (int error, byte[] answer) = operation switch
        {
            1 => Lookup(Encoding.UTF8.GetString(body[..body.IndexOf((byte)0)])),
            3 => (0, [.. new byte[16], .. AttributesOf(node)]),
            10 => (0, []),
            14 => (0, Words(0, 0, 1, 0)),
            15 => (0, Read(node, BinaryPrimitives.ReadInt32LittleEndian(body[8..]), BinaryPrimitives.ReadInt32LittleEndian(body[16..]))),
            18 or 25 => (0, []),
            26 => (0, Words(7, 31, 4096, 0, 0, 4096, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
            _ => (NotKnown, Array.Empty<byte>()),
        };

        // FORGET and INTERRUPT have no reply.
        return operation is 2 or 36 or 42 ? null : [.. Words((uint)(16 + answer.Length), (uint)-error), .. BitConverter.GetBytes(unique), .. answer];
    }

    private (int Error, byte[] Answer) Lookup(string name)
    {
        int place = Array.FindIndex(_files, file => file.Name == name);
        return place < 0 ? (NotThere, []) : (0, [.. BitConverter.GetBytes((ulong)place + 2), .. new byte[32], .. AttributesOf((ulong)place + 2)]);
    }

    private byte[] Read(ulong node, int offset, int size) => [.. _files[(int)node - 2].Content.Skip(offset).Take(size)];

    /// <summary>
    /// struct fuse_attr: ino, size, blocks, three times and their nanoseconds, mode, nlink, uid, gid, rdev, blksize, flags.
    /// </summary>
    private byte[] AttributesOf(ulong node)
        => [.. BitConverter.GetBytes(node), .. BitConverter.GetBytes(node < 2 ? 0UL : (ulong)_files[(int)node - 2].Content.Length), .. new byte[44], .. Words(node < 2 ? Folder : RegularFile, 1, 0, 0, 0, 4096, 0)];

    private static byte[] Words(params IEnumerable<uint> words) => [.. words.SelectMany(BitConverter.GetBytes)];

    public void Dispose()
    {
        Die();
        if (umount2(_folder, Detach) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"umount {_folder}");
        }

        // Blocked calls fail because the connection is closed.
        _server.Dispose();
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, ulong flags, string data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, byte[] buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, byte[] buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(ref Pollfd fds, nuint count, int timeout);

    private struct Pollfd
    {
        internal int fd;
        internal short events;
        internal short revents;
    }
}
