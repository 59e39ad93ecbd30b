namespace FdExporter.Accounts.Naming;

/// <summary>What is thought of an option that is not in the interpreter's table.</summary>
internal enum UnknownOption
{
    /// <summary>Its value may be the next argument, so nothing behind it can be told.</summary>
    HidesTheRest,

    /// <summary>Likewise, but there are too many of them: behind it only what looks like a script is one.</summary>
    CastsDoubt,

    /// <summary>All options that take the next argument are in the table.</summary>
    StandsAlone,
}
