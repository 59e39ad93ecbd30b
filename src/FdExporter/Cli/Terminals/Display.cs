using System.Globalization;
using FdExporter.Linux.Native;

namespace FdExporter.Cli.Terminals;

/// <summary>What the output is shown on.</summary>
/// <param name="Width">Unit: columns.</param>
/// <param name="Height">Unit: lines. Null where a line more does no harm.</param>
/// <param name="IsAddressable">Whether what stands there can be written over.</param>
internal readonly record struct Display(int Width, int? Height, bool HasColours, bool IsAddressable)
{
    private const int DefaultWidth = 80;
    private const int MostColumns = 10_000;

    internal static Display Current() => Of(StandardOutput.TerminalSize, Environment.GetEnvironmentVariable);

    /// <param name="terminal">Its columns and rows, 0 where it does not know them; null for a pipe or a file.</param>
    internal static Display Of((int Columns, int Rows)? terminal, Func<string, string?> environment)
    {
        bool obeys = terminal is not null && environment("TERM") is { Length: > 0 } and not "dumb";
        int width = terminal is { Columns: > 0 and var columns } ? columns
            : int.TryParse(environment("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) && asked is > 0 and <= MostColumns ? asked
            : DefaultWidth;

        // Source: https://no-color.org: present and not empty, whatever it says.
        return new Display(
            width,
            terminal is { Rows: > 0 and var rows } ? rows : null,
            obeys && string.IsNullOrEmpty(environment("NO_COLOR")),
            obeys);
    }
}
