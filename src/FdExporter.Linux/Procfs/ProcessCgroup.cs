namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/PID/cgroup</c>: the control groups of a process, which identify its service or container.
/// Source: cgroups(7). Gone if the process exited; Denied under hidepid=1.
/// </summary>
internal static class ProcessCgroup
{
    internal const int MaxLength = 64 * 1024;

    /// <summary>
    /// The path to display: that of the unified hierarchy (v2), unless it is the root; else systemd's own hierarchy, else the
    /// first v1 path that is not the root.
    /// </summary>
    // 0::/system.slice/payment.service
    // 9:name=systemd:/docker/3f1e...
    internal static bool TryParse(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> path)
    {
        path = default;
        int best = -1;
        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (!TryParseLine(line, out ReadOnlySpan<byte> controllers, out ReadOnlySpan<byte> candidate))
            {
                return false;
            }

            int worth = candidate.SequenceEqual("/"u8) || candidate.IsEmpty ? 0
                : controllers.IsEmpty ? 3
                : controllers.SequenceEqual("name=systemd"u8) ? 2
                : 1;
            if (worth > best)
            {
                best = worth;
                path = candidate;
            }
        }

        return best >= 0;
    }

    /// <summary>One line: a hierarchy and the process's group in it.</summary>
    /// <param name="controllers">Empty for the unified hierarchy; <c>name=systemd</c> for systemd's own.</param>
    // 4:cpu,cpuacct:/docker/3f1e...
    internal static bool TryParseLine(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> controllers, out ReadOnlySpan<byte> path)
    {
        controllers = default;
        path = default;
        int first = line.IndexOf((byte)':');
        int second = first < 0 ? -1 : line[(first + 1)..].IndexOf((byte)':');
        if (second < 0)
        {
            return false;
        }

        controllers = line.Slice(first + 1, second);
        path = line[(first + second + 2)..];
        return true;
    }

    /// <summary>All lines.</summary>
    internal static ReadStatus TryRead(ProcFs procFs, ProcFolder folder, ref byte[] buffer, out ReadOnlySpan<byte> text)
        => procFs.TryReadAll(ProcPath.Of(folder, "cgroup"u8), ref buffer, MaxLength, out text);
}
