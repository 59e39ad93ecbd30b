using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>Called once per line of a table; false when the line is not what the table holds.</summary>
internal delegate bool NetLineVisitor(ReadOnlySpan<byte> line);

/// <summary>
/// Reads the tables below <c>/proc/PID/net</c>, which begin with a line of headings and may be as long as the machine has
/// sockets. Source: proc_pid_net(5). Readable by everybody. Gone if the process exited or the kernel has no such protocol.
/// </summary>
internal sealed class NetTable(ProcFs procFs)
{
    // The kernel hands out at most a page per read.
    private readonly byte[] _buffer = new byte[16 * 1024];

    /// <summary>Visits each line behind the headings; Malformed when one is refused or the table is cut off.</summary>
    /// <param name="hasHeadings">if_inet6 has none.</param>
    internal ReadStatus TryRead(in ProcPath path, NetLineVisitor visit, bool hasHeadings = true)
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
                    // A line without its end: the table was cut off.
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
