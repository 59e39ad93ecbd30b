namespace FdExporter.Model;

/// <summary>Which limit left the exporter without a file handle.</summary>
internal enum HandleLimit
{
    /// <summary>RLIMIT_NOFILE of the exporter itself.</summary>
    Own,

    /// <summary>fs.file-max: no program on the machine gets a handle, except those with CAP_SYS_ADMIN.</summary>
    System,
}

/// <summary>Names of the limits in metrics and in the log.</summary>
internal static class HandleLimitNames
{
    internal static string Of(HandleLimit limit) => limit == HandleLimit.Own ? "own" : "system";
}
