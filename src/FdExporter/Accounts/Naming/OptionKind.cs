namespace FdExporter.Accounts.Naming;

/// <summary>What an option of an interpreter does with the words at and behind it.</summary>
internal enum OptionKind
{
    /// <summary>Not in the interpreter's table.</summary>
    Unknown,

    /// <summary>It stands alone.</summary>
    Flag,

    /// <summary>Its value is the rest of its word, else the next argument.</summary>
    Value,

    /// <summary>Its value is the rest of its word, and may be missing.</summary>
    Attached,

    /// <summary>Digits may follow it in its word, and then further letters.</summary>
    Digits,

    /// <summary>It brings code: its value as <see cref="Value"/>, or what the user types. No argument is the program.</summary>
    Code,

    /// <summary>Its value, as <see cref="Value"/>, is the program.</summary>
    Program,
}
