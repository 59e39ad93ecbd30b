using System.Globalization;

namespace FdExporter.Cli.Terminals;

/// <summary>Numbers in a column: in thousands, millions and so on, rounded down, where they would not fit.</summary>
internal static class NumberColumn
{
    /// <summary>Stands for what is not known.</summary>
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
