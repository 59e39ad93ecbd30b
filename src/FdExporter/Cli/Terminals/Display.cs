using System.Globalization;
using FdExporter.Linux.Native;

namespace FdExporter.Cli.Terminals;

/// <summary>The terminal, pipe or file that the output goes to.</summary>
/// <param name="Width">Unit: columns.</param>
/// <param name="Height">Unit: lines. Null if unlimited.</param>
/// <param name="IsAddressable">Whether the cursor can be moved to overwrite lines.</param>
internal readonly record struct Display(int Width, int? Height, bool HasColours, bool IsAddressable)
{
    private const int DefaultWidth = 80;
    private const int MostColumns = 10_000;

    internal static Display Current() => Of(StandardOutput.TerminalSize, Environment.GetEnvironmentVariable);

    /// <param name="terminal">Its columns and rows, 0 if unknown; null for a pipe or a file.</param>
    internal static Display Of((int Columns, int Rows)? terminal, Func<string, string?> environment)
    {
        bool obeys = terminal is not null && environment("TERM") is { Length: > 0 } and not "dumb";
        int width = terminal is { Columns: > 0 and var columns } ? columns
            : int.TryParse(environment("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) && asked is > 0 and <= MostColumns ? asked
            : DefaultWidth;

        // Source: https://no-color.org: set and not empty, whatever its value.
        return new Display(
            width,
            terminal is { Rows: > 0 and var rows } ? rows : null,
            obeys && string.IsNullOrEmpty(environment("NO_COLOR")),
            obeys);
    }
}
