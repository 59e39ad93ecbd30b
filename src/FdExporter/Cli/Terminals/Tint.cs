namespace FdExporter.Cli.Terminals;

/// <summary>How a cell of a table is told apart on a terminal that has colours.</summary>
internal enum Tint
{
    None,

    /// <summary>Look at this.</summary>
    Yellow,

    /// <summary>Programs fail, or are about to.</summary>
    Red,
}
