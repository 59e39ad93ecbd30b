using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;

namespace FdExporter.Linux.Procfs;

/// <summary>A NUL-terminated path below the procfs root, built without a string: <c>11342/fd</c>.</summary>
[InlineArray(Capacity)]
internal struct ProcPath
{
    /// <summary>Room for a pid, a name such as <c>/ns/net</c> or <c>/fd/1048576</c>, and the NUL.</summary>
    internal const int Capacity = 64;

    private byte _first;

    internal static ProcPath Of(int pid, ReadOnlySpan<byte> file)
    {
        ProcPath path = default;
        Span<byte> bytes = path;
        bool fits = Utf8Formatter.TryFormat(pid, bytes, out int length);
        bytes[length++] = (byte)'/';
        if (!fits || !file.TryCopyTo(bytes[length..^1]))
        {
            throw new ArgumentException($"path too long below {pid}/", nameof(file));
        }

        return path;
    }

    /// <summary>Of one thread: <c>11342/task/11350/net/tcp</c>.</summary>
    internal static ProcPath Of(int pid, int tid, ReadOnlySpan<byte> file)
    {
        Span<byte> bytes = stackalloc byte[Capacity];
        ReadOnlySpan<byte> task = "task/"u8;
        task.CopyTo(bytes);
        int length = task.Length;
        if (!Utf8Formatter.TryFormat(tid, bytes[length..], out int digits) || length + digits + 1 + file.Length > bytes.Length)
        {
            throw new ArgumentException($"path too long below {pid}/task/{tid}/", nameof(file));
        }

        length += digits;
        bytes[length++] = (byte)'/';
        file.CopyTo(bytes[length..]);
        return Of(pid, bytes[..(length + file.Length)]);
    }

    /// <summary>Of a descriptor: <c>11342/fd/17</c>.</summary>
    internal static ProcPath OfDescriptor(int pid, int fd)
    {
        Span<byte> bytes = stackalloc byte[16];
        ReadOnlySpan<byte> folder = "fd/"u8;
        folder.CopyTo(bytes);
        _ = Utf8Formatter.TryFormat(fd, bytes[folder.Length..], out int digits);
        return Of(pid, bytes[..(folder.Length + digits)]);
    }

    internal static ProcPath Of(ReadOnlySpan<byte> file)
    {
        ProcPath path = default;
        Span<byte> bytes = path;
        if (!file.TryCopyTo(bytes[..^1]))
        {
            throw new ArgumentException("path too long", nameof(file));
        }

        return path;
    }

    public readonly override string ToString()
    {
        ReadOnlySpan<byte> bytes = this;
        return Encoding.UTF8.GetString(bytes[..bytes.IndexOf((byte)0)]);
    }
}
