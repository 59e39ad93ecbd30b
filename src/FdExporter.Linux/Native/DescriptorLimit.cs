namespace FdExporter.Linux.Native;

/// <summary>RLIMIT_NOFILE of this process. Source: getrlimit(2).</summary>
internal static unsafe class DescriptorLimit
{
    /// <summary>
    /// Raises the soft limit to the hard one, as Go's runtime and .NET's JIT do; NativeAOT does not. The soft limit is low
    /// only for programs that use select(2). If the kernel refuses, the limit stays as it is.
    /// </summary>
    internal static void RaiseToHard()
    {
        Libc.Rlimit limit;
        if (Libc.getrlimit(Libc.RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max)
        {
            limit.rlim_cur = limit.rlim_max;
            _ = Libc.setrlimit(Libc.RLIMIT_NOFILE, &limit);
        }
    }
}
