using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>Called for each line of a text; return false if the line is malformed.</summary>
internal delegate bool ProcLineVisitor(ReadOnlySpan<byte> line);

/// <summary>Reads a kernel text of any length line by line.</summary>
internal sealed class ProcLines(ProcFs procFs)
{
    // The kernel returns at most one page per read of a table.
    private readonly byte[] _buffer = new byte[16 * 1024];

    /// <param name="hasHeadings">Whether the first line is a heading.</param>
    /// <returns>Malformed if a line is rejected or the text is cut off.</returns>
    internal ReadStatus TryRead(in ProcPath path, bool hasHeadings, ProcLineVisitor visit)
    {
        ReadStatus status = procFs.TryOpen(path, directory: false, out ScopedFd fd);
        if (status != ReadStatus.Ok)
        {
            return status;
        }

        using (fd)
        {
            int kept = 0;
            bool header = hasHeadings;
            while (true)
            {
                nint length = ProcFs.Read(fd.Value, _buffer.AsSpan(kept));
                if (length < 0)
                {
                    return Marshal.GetLastPInvokeError() == Libc.ESRCH
                        ? ReadStatus.Gone
                        : throw KernelException.FromLastError("read", $"{procFs.Root}/{path}");
                }

                ReadOnlySpan<byte> text = _buffer.AsSpan(0, kept + (int)length);
                int end;
                while ((end = text.IndexOf((byte)'\n')) >= 0)
                {
                    if (!header && !visit(text[..end]))
                    {
                        return ReadStatus.Malformed;
                    }

                    header = false;
                    text = text[(end + 1)..];
                }

                if (length == 0)
                {
                    // A line without newline: the table was cut off.
                    return text.IsEmpty && !header ? ReadStatus.Ok : ReadStatus.Malformed;
                }

                if (text.Length == _buffer.Length)
                {
                    return ReadStatus.Malformed;
                }

                kept = text.Length;
                text.CopyTo(_buffer);
            }
        }
    }
}
