namespace FdExporter.Linux.Procfs;

/// <summary>
/// One line of <c>/proc/PID/mountinfo</c>: a mount and the options of its file system. Source: proc_pid_mountinfo(5).
/// </summary>
internal readonly ref struct Mountinfo
{
    private const int MaxLength = 16 * 1024 * 1024;

    private readonly ReadOnlySpan<byte> _superOptions;

    private Mountinfo(ulong id, ulong parent, ReadOnlySpan<byte> root, ReadOnlySpan<byte> mountPoint, ReadOnlySpan<byte> fileSystem, ReadOnlySpan<byte> superOptions)
    {
        Id = id;
        Parent = parent;
        Root = root;
        MountPoint = mountPoint;
        FileSystem = fileSystem;
        _superOptions = superOptions;
    }

    /// <summary>Mount id as in <see cref="FdInfo"/>; unique among current mounts.</summary>
    internal ulong Id { get; }

    /// <summary>Id of the parent mount; its own id for the root.</summary>
    internal ulong Parent { get; }

    /// <summary>The mounted part of the file system; for a namespace kept by a bind mount <c>net:[4026532833]</c>.</summary>
    internal ReadOnlySpan<byte> Root { get; }

    /// <summary>Below the root of the process. Blanks are written \040; tab, newline and backslash are escaped likewise.</summary>
    internal ReadOnlySpan<byte> MountPoint { get; }

    /// <summary>File system type: <c>proc</c>, <c>ext4</c>.</summary>
    internal ReadOnlySpan<byte> FileSystem { get; }

    // 65 44 0:39 / /host/proc rw,relatime shared:12 - proc proc rw,gid=5,hidepid=invisible
    //  1  2    3 4          5           6 (any)     |    9   10                         11
    internal static bool TryParse(ReadOnlySpan<byte> line, out Mountinfo value)
    {
        value = default;
        ByteReader fields = new(line);
        if (!fields.TryTakeUInt64(out ulong id)
            || !fields.TryTakeUInt64(out ulong parent)
            || !fields.TrySkipFields(1)
            || !fields.TryTakeField(out ReadOnlySpan<byte> root)
            || !fields.TryTakeField(out ReadOnlySpan<byte> mountPoint)
            || !fields.TrySkipFields(1))
        {
            return false;
        }

        // Any number of optional fields, then one that ends them; a blank in a path is written \040.
        ReadOnlySpan<byte> field;
        do
        {
            if (!fields.TryTakeField(out field))
            {
                return false;
            }
        }
        while (!field.SequenceEqual("-"u8));

        if (!fields.TryTakeField(out ReadOnlySpan<byte> fileSystem)
            || !fields.TrySkipFields(1)
            || !fields.TryTakeField(out ReadOnlySpan<byte> superOptions))
        {
            return false;
        }

        value = new Mountinfo(id, parent, root, mountPoint, fileSystem, superOptions);
        return true;
    }

    /// <summary>The value of an option of the file system, such as <c>hidepid</c>; empty for one without value.</summary>
    internal bool TryGetOption(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (Range range in _superOptions.Split((byte)','))
        {
            ReadOnlySpan<byte> option = _superOptions[range];
            int equals = option.IndexOf((byte)'=');
            if ((equals < 0 ? option : option[..equals]).SequenceEqual(name))
            {
                value = equals < 0 ? default : option[(equals + 1)..];
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>A path as it is, without the escapes of the kernel.</summary>
    // \040 is a space.
    internal static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> path)
    {
        byte[] plain = new byte[path.Length];
        int length = 0;
        for (int i = 0; i < path.Length; i++)
        {
            bool isEscape = path[i] == '\\' && i + 3 < path.Length && !path.Slice(i + 1, 3).ContainsAnyExceptInRange((byte)'0', (byte)'7');
            plain[length++] = isEscape ? (byte)(((path[i + 1] - '0') << 6) | ((path[i + 2] - '0') << 3) | (path[i + 3] - '0')) : path[i];
            i += isEscape ? 3 : 0;
        }

        return plain.AsSpan(0, length);
    }

    /// <summary>Finds one of our own mounts. Gone if there is no such mount.</summary>
    /// <param name="own">The procfs in which <c>self</c> is this process.</param>
    internal static ReadStatus TryRead(ProcFs own, ulong id, ref byte[] buffer, out Mountinfo value)
    {
        value = default;
        ReadStatus status = own.TryReadAll(ProcPath.Of("self/mountinfo"u8), ref buffer, MaxLength, out ReadOnlySpan<byte> text);
        if (status != ReadStatus.Ok)
        {
            return status;
        }

        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (TryParse(line, out Mountinfo mount) && mount.Id == id)
            {
                value = mount;
                return ReadStatus.Ok;
            }
        }

        return ReadStatus.Gone;
    }
}
