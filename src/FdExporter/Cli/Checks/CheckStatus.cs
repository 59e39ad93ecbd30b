namespace FdExporter.Cli.Checks;

/// <summary>How one thing is, from harmless to fatal.</summary>
internal enum CheckStatus
{
    Ok,

    /// <summary>Worth knowing; nothing is hidden for it.</summary>
    Note,

    /// <summary>The exporter would run, and not see what it is there to see.</summary>
    Blind,

    /// <summary>The exporter cannot start with these flags.</summary>
    Fail,
}
