using System.Runtime.InteropServices;

namespace FdExporter.Linux.Native;

/// <summary>
/// Descriptors 0, 1 and 2. If they are closed at start, files and sockets of the program get these numbers. Its log would
/// then go to descriptor 2, whatever that is: a client's socket, or the pipe on which the runtime receives signals.
/// </summary>
internal static unsafe class StandardStreams
{
    private const int Count = 3;

    /// <summary>
    /// Opens /dev/null for each that is closed; call it before opening anything else. The runtime has already put
    /// /dev/urandom into one of them, opened for reading only: writes to it are lost too.
    /// </summary>
    internal static void OpenClosed()
    {
        for (int fd = 0; fd < Count; fd++)
        {
            if (Libc.fcntl(fd, Libc.F_GETFD) < 0 && OpenLowest("/dev/null\0"u8, Libc.O_RDWR) < 0)
            {
                // Without /dev: writes to a folder fail and are lost.
                _ = OpenLowest("/\0"u8, Libc.O_RDONLY);
            }
        }
    }

    /// <summary>
    /// Writes all of it. Console is not usable for this: it sends keypad sequences to a terminal, keeps writing after the reader has
    /// closed, and needs a thread.
    /// </summary>
    /// <returns>False if the reader has closed.</returns>
    /// <exception cref="KernelException">Writing failed: the disk is full or the terminal is gone.</exception>
    internal static bool TryWrite(int fd, string name, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            int done = 0;
            while (done < bytes.Length)
            {
                nint written = Libc.write(fd, first + done, bytes.Length - done);
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
                        Libc.Pollfd wait = new() { fd = fd, events = Libc.POLLOUT };
                        _ = Libc.poll(&wait, 1, -1);
                        break;
                    case Libc.EPIPE:
                        return false;
                    default:
                        throw KernelException.FromLastError("write", name);
                }
            }
        }

        return true;
    }

    private static int OpenLowest(ReadOnlySpan<byte> path, int flags)
    {
        fixed (byte* name = path)
        {
            return Libc.openat(Libc.AT_FDCWD, name, flags);
        }
    }
}
