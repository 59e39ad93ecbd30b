namespace FdExporter.Cli.Terminals;

/// <summary>The colour of a cell of a table.</summary>
internal enum Tint
{
    None,

    /// <summary>Look at this.</summary>
    Yellow,

    /// <summary>Programs fail, or soon will.</summary>
    Red,
}
