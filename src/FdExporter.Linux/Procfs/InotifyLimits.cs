namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/sys/fs/inotify</c>: the limits of each user. Source: inotify(7). Unit: instances, watches. Null if a file is missing.
/// </summary>
internal readonly record struct InotifyLimits(ulong? Instances, ulong? Watches)
{
    internal static InotifyLimits Read(ProcFs procFs)
        => new(Read(procFs, "sys/fs/inotify/max_user_instances"u8), Read(procFs, "sys/fs/inotify/max_user_watches"u8));

    private static ulong? Read(ProcFs procFs, ReadOnlySpan<byte> file)
    {
        Span<byte> buffer = stackalloc byte[64];
        return procFs.TryReadOnce(ProcPath.Of(file), buffer, out ReadOnlySpan<byte> text) == ReadStatus.Ok && NrOpen.TryParse(text, out ulong value) ? value : null;
    }
}
