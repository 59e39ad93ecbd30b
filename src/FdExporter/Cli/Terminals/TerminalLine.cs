namespace FdExporter.Cli.Terminals;

/// <summary>A line without newline.</summary>
/// <param name="Width">Width in columns; colour sequences take none.</param>
internal readonly record struct TerminalLine(string Text, int Width);
