namespace LeakLab.Native;

/// <summary>A pipe that no child inherits unless it is given one end.</summary>
internal sealed class Pipe : IDisposable
{
    private int _readEnd;
    private int _writeEnd;

    internal unsafe Pipe()
    {
        int* ends = stackalloc int[2];
        _ = SystemCallException.Check(Libc.pipe2(ends, Libc.O_CLOEXEC), "pipe2");
        (_readEnd, _writeEnd) = (ends[0], ends[1]);
    }

    internal int ReadEnd => _readEnd;

    internal int WriteEnd => _writeEnd;

    internal void CloseReadEnd() => Close(ref _readEnd);

    internal void CloseWriteEnd() => Close(ref _writeEnd);

    public void Dispose()
    {
        CloseReadEnd();
        CloseWriteEnd();
    }

    private static void Close(ref int fd)
    {
        if (fd >= 0)
        {
            _ = Libc.close(fd);
            fd = -1;
        }
    }
}
