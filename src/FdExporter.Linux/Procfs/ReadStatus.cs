namespace FdExporter.Linux.Procfs;

/// <summary>Result of reading one procfs file. All other errors are a <see cref="Native.KernelException"/>.</summary>
internal enum ReadStatus
{
    Ok,

    /// <summary>The process exited, or the kernel has no such file (ENOENT at open, ESRCH at read).</summary>
    Gone,

    /// <summary>Permission denied (EACCES, EPERM).</summary>
    Denied,

    /// <summary>The text does not have the format of this kernel file.</summary>
    Malformed,
}
