namespace FdExporter.Scanning.Reading;

/// <summary>Processes whose command line is read; the read hangs if the process does.</summary>
internal enum CommandLineReads
{
    All,

    /// <summary>Only those without a thread in uninterruptible sleep, since such a thread may cause the hang.</summary>
    OnlyAwake,

    /// <summary>None: the maximum number of threads hang, or there is no replacement thread.</summary>
    None,
}
