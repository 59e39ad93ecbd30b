using System.Buffers.Text;
using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>A part of a file, or of memory without one, that a process has mapped.</summary>
/// <param name="Device">With <paramref name="Inode"/>, the identity of the file.</param>
/// <param name="Inode">0 without a file.</param>
internal readonly record struct Mapping(ulong Start, ulong Offset, uint Device, ulong Inode, bool IsExecutable);

/// <summary>Called for each mapping; false to stop.</summary>
/// <param name="path">The mapped file; empty without one.</param>
internal delegate bool MappingVisitor(in Mapping mapping, ReadOnlySpan<byte> path);

/// <summary>
/// <c>/proc/PID/maps</c>: the memory mappings of a process, in the order of addresses. Source: proc_pid_maps(5). A read may hang while
/// the process changes its memory map. Denied without ptrace access.
/// </summary>
internal static class ProcessMaps
{
    // 7f8b3c000000-7f8b3c021000 r-xp 00000000 fe:01 1311817                    /usr/lib/jvm/java-17/lib/server/libjvm.so
    // c000000000-c000400000 rw-p 00000000 00:00 0
    internal static bool TryParseLine(ReadOnlySpan<byte> line, out Mapping mapping, out ReadOnlySpan<byte> path)
    {
        mapping = default;
        int slash = line.IndexOf((byte)'/');
        path = slash < 0 ? default : line[slash..];
        bool isMapping = TryTakeHex(ref line, (byte)'-', out ulong start) & TryTakeHex(ref line, (byte)' ', out _) && line.Length > 5 && line[4] == ' ';
        if (!isMapping)
        {
            return false;
        }

        bool isExecutable = line[2] == 'x';
        line = line[5..];
        if (!(TryTakeHex(ref line, (byte)' ', out ulong offset) & TryTakeHex(ref line, (byte)':', out ulong major) & TryTakeHex(ref line, (byte)' ', out ulong minor))
            || !Utf8Parser.TryParse(line, out ulong inode, out int used) || (used < line.Length && line[used] != ' '))
        {
            return false;
        }

        mapping = new Mapping(start, offset, (uint)((major << 20) | minor), inode, isExecutable);
        return true;
    }

    private static bool TryTakeHex(scoped ref ReadOnlySpan<byte> line, byte end, out ulong value)
    {
        value = 0;
        int length = line.IndexOf(end);
        bool isNumber = length > 0 && Utf8Parser.TryParse(line[..length], out value, out int used, 'x') && used == length;
        line = isNumber ? line[(length + 1)..] : [];
        return isNumber;
    }

    /// <param name="mostBytes">The text is read up to this length.</param>
    /// <returns>Malformed if it is longer, or has a line that is no mapping.</returns>
    internal static ReadStatus TryRead(ProcFs procFs, ProcFolder folder, int mostBytes, MappingVisitor visit)
    {
        ProcPath path = ProcPath.Of(folder, "maps"u8);
        ReadStatus status = procFs.TryOpen(path, directory: false, out ScopedFd fd);
        if (status != ReadStatus.Ok)
        {
            return status;
        }

        using (fd)
        {
            byte[] buffer = new byte[16 * 1024];
            int kept = 0;
            for (int total = 0; total < mostBytes;)
            {
                nint length = ProcFs.Read(fd.Value, buffer.AsSpan(kept));
                if (length < 0)
                {
                    return Marshal.GetLastPInvokeError() is Libc.ESRCH ? ReadStatus.Gone : ReadStatus.Denied;
                }

                if (length == 0)
                {
                    return kept == 0 ? ReadStatus.Ok : ReadStatus.Malformed;
                }

                total += (int)length;
                ReadOnlySpan<byte> text = buffer.AsSpan(0, kept + (int)length);
                for (int end; (end = text.IndexOf((byte)'\n')) >= 0; text = text[(end + 1)..])
                {
                    if (!TryParseLine(text[..end], out Mapping mapping, out ReadOnlySpan<byte> file))
                    {
                        return ReadStatus.Malformed;
                    }

                    if (!visit(in mapping, file))
                    {
                        return ReadStatus.Ok;
                    }
                }

                if (text.Length == buffer.Length)
                {
                    return ReadStatus.Malformed;
                }

                kept = text.Length;
                text.CopyTo(buffer);
            }

            return ReadStatus.Malformed;
        }
    }
}
