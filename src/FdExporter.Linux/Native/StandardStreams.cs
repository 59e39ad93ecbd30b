namespace FdExporter.Linux.Native;

/// <summary>
/// Descriptors 0, 1 and 2. A program that is started without them would get them for its own files and sockets, and then write
/// its log into whichever is 2: a socket to a client, or the pipe by which the runtime hands on signals.
/// </summary>
internal static unsafe class StandardStreams
{
    private const int Count = 3;

    /// <summary>
    /// Opens /dev/null in the place of each that is closed; to be called before anything else is opened. The runtime has one place
    /// by then, for /dev/urandom: it is open for reading only, so that what is written there goes nowhere either.
    /// </summary>
    internal static void OpenClosed()
    {
        for (int fd = 0; fd < Count; fd++)
        {
            if (Libc.fcntl(fd, Libc.F_GETFD) < 0 && OpenLowest("/dev/null\0"u8, Libc.O_RDWR) < 0)
            {
                // No /dev: what is written to a folder fails, and goes nowhere.
                _ = OpenLowest("/\0"u8, Libc.O_RDONLY);
            }
        }
    }

    private static int OpenLowest(ReadOnlySpan<byte> path, int flags)
    {
        fixed (byte* name = path)
        {
            return Libc.openat(Libc.AT_FDCWD, name, flags);
        }
    }
}
