namespace FdExporter.Model;

/// <summary>Whether a process can run at all.</summary>
internal enum RunState
{
    /// <summary>It runs, or waits for something.</summary>
    Runs,

    /// <summary>State T: by SIGSTOP, or by a terminal (Ctrl-Z).</summary>
    Stopped,

    /// <summary>State t: by a debugger.</summary>
    Traced,

    /// <summary>Its control group is frozen, or one above it.</summary>
    Frozen,
}
