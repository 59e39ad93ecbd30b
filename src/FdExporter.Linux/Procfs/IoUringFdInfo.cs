namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/PID/fdinfo/FD</c> of an io_uring: its registered files, which it holds without a descriptor. Fed line by line.
/// Needs ptrace access. While the ring is busy the kernel omits the list; older kernels (such as 6.1) print names without
/// inodes. Source: io_uring_register(2).
/// </summary>
internal struct IoUringFdInfo
{
    private bool _isInFiles;

    /// <summary>Whether the list was present.</summary>
    internal bool IsKnown { get; private set; }

    // UserFiles:	120
    //     0: socket:[112590]
    //     1: /srv/log/app.log
    //     2: <none>            older kernels
    // UserBufs:	0
    internal bool TryTakeFile(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> target)
    {
        target = default;
        if (line.IsEmpty || line[0] != (byte)' ')
        {
            _isInFiles = line.StartsWith("UserFiles:"u8);
            IsKnown |= _isInFiles;
            return false;
        }

        ByteReader fields = new(line);
        if (!_isInFiles || !fields.TryTakeField(out ReadOnlySpan<byte> slot) || slot[^1] != (byte)':' || fields.Rest.Length < 2)
        {
            return false;
        }

        target = fields.Rest[1..];
        return !target.SequenceEqual("<none>"u8);
    }
}
