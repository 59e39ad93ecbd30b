namespace FdExporter.Accounts.Naming;

/// <summary>How an option of an interpreter uses the rest of its word and the next argument.</summary>
internal enum OptionKind
{
    /// <summary>Not in the interpreter's table.</summary>
    Unknown,

    /// <summary>Has no value.</summary>
    Flag,

    /// <summary>Its value is the rest of its word, else the next argument.</summary>
    Value,

    /// <summary>Its value is the rest of its word and is optional.</summary>
    Attached,

    /// <summary>Digits may follow it in its word, and then further letters.</summary>
    Digits,

    /// <summary>Brings code: its value as <see cref="Value"/>, or input typed by the user. No argument is the program.</summary>
    Code,

    /// <summary>Its value, as <see cref="Value"/>, is the program.</summary>
    Program,
}
