namespace FdExporter.Linux.Native;

/// <summary>Descriptor 1.</summary>
internal static unsafe class StandardOutput
{
    /// <summary>Source: ioctl_tty(2). Unit: characters. Null if it is not a terminal; 0 if the terminal does not report it.</summary>
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
    internal static bool TryWrite(ReadOnlySpan<byte> bytes) => StandardStreams.TryWrite(Libc.STDOUT_FILENO, "standard output", bytes);
}
