using System.Runtime.InteropServices;

namespace FdExporter.Linux.Native;

/// <summary>
/// Descriptor 1. Console is not usable here: it sends keypad sequences to a terminal, and keeps writing after the reader has
/// closed.
/// </summary>
internal static unsafe class StandardOutput
{
    /// <summary>Source: ioctl_tty(2). Unit: characters. Null if it is not a terminal; 0 if the terminal does not know.</summary>
    internal static (int Columns, int Rows)? TerminalSize
    {
        get
        {
            Libc.Winsize size;
            return Libc.ioctl(Libc.STDOUT_FILENO, Libc.TIOCGWINSZ, &size) == 0 ? (size.ws_col, size.ws_row) : null;
        }
    }

    /// <returns>False if the reader has closed.</returns>
    /// <exception cref="KernelException">Writing failed: the disk is full or the terminal is gone.</exception>
    internal static bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            int done = 0;
            while (done < bytes.Length)
            {
                nint written = Libc.write(Libc.STDOUT_FILENO, first + done, bytes.Length - done);
                if (written >= 0)
                {
                    done += (int)written;
                    continue;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case Libc.EINTR:
                        break;
                    case Libc.EAGAIN:
                        // Another process that shares it may have made it non-blocking.
                        Libc.Pollfd wait = new() { fd = Libc.STDOUT_FILENO, events = Libc.POLLOUT };
                        _ = Libc.poll(&wait, 1, -1);
                        break;
                    case Libc.EPIPE:
                        return false;
                    default:
                        throw KernelException.FromLastError("write", "standard output");
                }
            }
        }

        return true;
    }
}
