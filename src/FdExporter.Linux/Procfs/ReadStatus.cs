namespace FdExporter.Linux.Procfs;

/// <summary>How the reading of one procfs file ended. Everything else is a <see cref="Native.KernelException"/>.</summary>
internal enum ReadStatus
{
    Ok,

    /// <summary>The process exited, or the kernel has no such file (ENOENT at open, ESRCH at read).</summary>
    Gone,

    /// <summary>The file is there, but not for us (EACCES, EPERM).</summary>
    Denied,

    /// <summary>The text is not what this kernel file holds.</summary>
    Malformed,
}
