using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;

namespace FdExporter.Linux.Procfs;

/// <summary>A NUL-terminated path below the procfs root, built without a string: <c>11342/fd</c>.</summary>
[InlineArray(Capacity)]
internal struct ProcPath
{
    /// <summary>Room for a pid, <c>/task/</c> and a thread, a name such as <c>/ns/net</c> or <c>/fd/1048576</c>, and the NUL.</summary>
    internal const int Capacity = 64;

    private byte _first;

    internal static ProcPath Of(ProcFolder folder, ReadOnlySpan<byte> file)
    {
        ProcPath path = default;
        Span<byte> bytes = path;
        bool fits = Utf8Formatter.TryFormat(folder.Pid, bytes, out int length);
        if (folder.Thread != 0)
        {
            "/task/"u8.CopyTo(bytes[length..]);
            length += "/task/"u8.Length;
            fits &= Utf8Formatter.TryFormat(folder.Thread, bytes[length..], out int digits);
            length += digits;
        }

        bytes[length++] = (byte)'/';
        if (!fits || !file.TryCopyTo(bytes[length..^1]))
        {
            throw new ArgumentException($"path too long below {folder.Pid}/", nameof(file));
        }

        return path;
    }

    /// <summary><c>11342/fdinfo/163</c></summary>
    internal static ProcPath OfFdInfo(ProcFolder folder, int fd) => OfDescriptor(folder, "fdinfo/"u8, fd);

    /// <summary><c>11342/fd/163</c></summary>
    internal static ProcPath OfDescriptor(ProcFolder folder, int fd) => OfDescriptor(folder, "fd/"u8, fd);

    private static ProcPath OfDescriptor(ProcFolder folder, ReadOnlySpan<byte> directory, int fd)
    {
        Span<byte> file = stackalloc byte[24];
        directory.CopyTo(file);
        _ = Utf8Formatter.TryFormat(fd, file[directory.Length..], out int length);
        return Of(folder, file[..(directory.Length + length)]);
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

    /// <summary>The process in the path; 0 for none.</summary>
    internal readonly int Pid
    {
        get
        {
            ReadOnlySpan<byte> bytes = this;
            return Utf8Parser.TryParse(bytes, out int pid, out int length) && length < Capacity && bytes[length] == (byte)'/' ? pid : 0;
        }
    }

    public readonly override string ToString()
    {
        ReadOnlySpan<byte> bytes = this;
        return Encoding.UTF8.GetString(bytes[..bytes.IndexOf((byte)0)]);
    }
}
