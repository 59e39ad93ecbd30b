namespace FdExporter.Cli.Terminals;

/// <summary>A line without its end.</summary>
/// <param name="Width">The columns that it takes; what colours it takes none.</param>
internal readonly record struct TerminalLine(string Text, int Width);
