namespace FdExporter.Scanning.Reading;

/// <summary>For which processes the command line is read; the read hangs if the process does.</summary>
internal enum AskCaution
{
    None,

    /// <summary>Only those without a thread in uninterruptible sleep, since such a thread may cause the hang.</summary>
    Awake,

    /// <summary>None: the maximum number of threads hang, or there is no replacement thread.</summary>
    Nobody,
}
