using System.Globalization;

namespace FdExporter.Cli.Terminals;

/// <summary>Numbers in a column: if too long, they are shortened to thousands, millions and so on, rounded down.</summary>
internal static class NumberColumn
{
    /// <summary>Shown for an unknown number.</summary>
    internal const string Unknown = "?";

    internal static string Of(ulong number, int width)
    {
        string text = number.ToString(CultureInfo.InvariantCulture);
        foreach (char unit in "kMGTPE")
        {
            if (text.Length <= width)
            {
                break;
            }

            number /= 1000;
            text = number.ToString(CultureInfo.InvariantCulture) + unit;
        }

        return text;
    }

    internal static string Of(long? number, int width) => number is { } known ? Of((ulong)known, width) : Unknown;
}
