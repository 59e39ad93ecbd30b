using System.Globalization;
using FdExporter.Diagnosis.History;

namespace FdExporter.Documents;

/// <summary>Rounds the numbers of the documents to the digits that are known. Null stays null.</summary>
internal static class Rounded
{
    private const int RatioDigits = 4;
    private const int SecondsDigits = 3;
    private const int PerHourDigits = 1;

    internal static double? Ratio(double? ratio) => Of(ratio, RatioDigits);

    /// <summary>To the millisecond.</summary>
    internal static double Seconds(TimeSpan time) => Of(time.TotalSeconds, SecondsDigits);

    /// <summary>The same.</summary>
    internal static double? Seconds(TimeSpan? time) => Of(time?.TotalSeconds, SecondsDigits);

    /// <summary>A forecast is accurate to three digits at most.</summary>
    internal static double? Forecast(TimeSpan? time)
        => time is { } known ? double.Parse(known.TotalSeconds.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : null;

    internal static double? PerHour(Growth? growth) => Of(growth?.PerHour, PerHourDigits);

    private static double? Of(double? number, int digits) => number is { } known ? Of(known, digits) : null;

    // 0 is added because -0.04 would be written as -0.
    private static double Of(double number, int digits) => Math.Round(number, digits) + 0d;
}
