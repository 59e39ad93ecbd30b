namespace FdExporter.Scanning.Reading;

/// <summary>Of which processes the command line is asked for, which hangs where the process does.</summary>
internal enum AskCaution
{
    None,

    /// <summary>Of those without a thread that waits in the kernel and cannot be interrupted, as one does that holds what hangs.</summary>
    Awake,

    /// <summary>Of none: as many threads wait as may, or there is no other that could take over.</summary>
    Nobody,
}
