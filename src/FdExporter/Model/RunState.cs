namespace FdExporter.Model;

/// <summary>Whether a process can run.</summary>
internal enum RunState
{
    /// <summary>It runs, or waits for something.</summary>
    Runs,

    /// <summary>State T: by SIGSTOP, or by a terminal (Ctrl-Z).</summary>
    Stopped,

    /// <summary>State t: by a debugger.</summary>
    Traced,

    /// <summary>Its control group, or a parent of it, is frozen.</summary>
    Frozen,
}
