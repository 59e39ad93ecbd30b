namespace LeakLab.Native;

/// <summary>RLIMIT_NOFILE of this process. Source: getrlimit(2).</summary>
internal static class DescriptorLimit
{
    /// <summary>The soft limit. Unit: descriptors.</summary>
    internal static unsafe int Current()
    {
        Libc.Rlimit limit;
        _ = SystemCallException.Check(Libc.getrlimit(Libc.RLIMIT_NOFILE, &limit), "getrlimit RLIMIT_NOFILE");
        return (int)Math.Min(limit.rlim_cur, int.MaxValue);
    }

    /// <summary>Raises the soft limit to the hard one. Unit: descriptors.</summary>
    internal static unsafe void Raise()
    {
        Libc.Rlimit limit;
        _ = SystemCallException.Check(Libc.getrlimit(Libc.RLIMIT_NOFILE, &limit), "getrlimit RLIMIT_NOFILE");
        limit.rlim_cur = limit.rlim_max;
        _ = SystemCallException.Check(Libc.setrlimit(Libc.RLIMIT_NOFILE, &limit), "setrlimit RLIMIT_NOFILE");
    }
}
