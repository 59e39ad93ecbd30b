namespace FdExporter.Accounts.Naming;

/// <summary>How to treat an option that is not in the interpreter's table.</summary>
internal enum UnknownOption
{
    /// <summary>Its value may be the next argument, so the program after it is unknown.</summary>
    HidesTheRest,

    /// <summary>As above, but such options are common: after it only a word that looks like a script is taken for one.</summary>
    CastsDoubt,

    /// <summary>All options that take the next argument are in the table.</summary>
    StandsAlone,
}
