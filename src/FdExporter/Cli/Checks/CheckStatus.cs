namespace FdExporter.Cli.Checks;

/// <summary>The status of a check, from harmless to fatal.</summary>
internal enum CheckStatus
{
    Ok,

    /// <summary>Worth knowing, but hides nothing.</summary>
    Note,

    /// <summary>The exporter can run, but cannot read everything it should report.</summary>
    Blind,

    /// <summary>The exporter cannot start with these flags.</summary>
    Fail,
}
