using System.Globalization;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Web.Pages;

/// <summary>Numbers in the tables of the pages; a dash means not known.</summary>
internal static class PageFormat
{
    internal const string Unknown = "\u2013";

    /// <summary>From this share of a limit on a number is shown as high.</summary>
    internal const double HighRatio = 0.8;

    /// <summary>Descriptors that no process reaches. For "infinity" systemd and Docker set 1 073 741 816, the highest that the kernel accepts there.</summary>
    private const ulong Endless = 1_000_000_000;

    internal static string Number(long? number) => number is { } known ? HumanText.Number(known) : Unknown;

    /// <summary>Whether this limit of descriptors says nothing.</summary>
    internal static bool IsEndless(ulong? limit) => limit is null or >= Endless;

    internal static string PerHour(Growth? growth) => growth is { } known ? HumanText.PerHour(known.PerHour) : Unknown;

    internal static string About(TimeSpan? time) => time is { } known ? HumanText.About(known) : Unknown;

    internal static string Bytes(long? bytes) => bytes is { } known ? $"{(known / 1048576.0).ToString("0.0", CultureInfo.InvariantCulture)}\u00a0MiB" : Unknown;

    internal static string Milliseconds(TimeSpan time) => $"{time.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture)}\u00a0ms";

    internal static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>The moment of the scan; the script compares it with the one before.</summary>
    internal static void AsOf(Html html, DateTimeOffset time)
        => html.Add($"<p class=\"as-of\">As of <time datetime=\"{time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}\">{Time(time)}</time></p>\n");

    /// <summary>The largest first, in one line: <c>socket 9 861, file 40</c>.</summary>
    internal static string Counts(IEnumerable<KeyValuePair<string, long>> counts, int most)
    {
        List<KeyValuePair<string, long>> ordered = [.. counts.Where(static each => each.Value > 0).OrderByDescending(static each => each.Value)];
        string text = string.Join(", ", ordered.Take(most).Select(static each => $"{each.Key}\u00a0{HumanText.Number(each.Value)}"));
        return ordered.Count > most ? $"{text}, \u2026" : text;
    }

    internal static string Types(FdTypeCounts types, int most)
        => Counts(FdTypeNames.All.Select((name, type) => KeyValuePair.Create(name, (long)types[type])), most);

    internal static string Protocols(SocketProtocolCounts protocols, int most)
        => Counts(SocketProtocolNames.All.Select((name, protocol) => KeyValuePair.Create(name, (long)protocols[(SocketProtocol)protocol])), most);

    /// <summary>A bar and its percentage.</summary>
    internal static void Ratio(Html html, double? ratio)
    {
        if (ratio is not { } known)
        {
            html.AddLiteral(Unknown);
            return;
        }

        double bar = Math.Clamp(known, 0, 1);
        html.Add($"<meter low=\"{HighRatio}\" high=\"0.95\" optimum=\"0\" value=\"{Math.Round(bar, 2)}\" aria-hidden=\"true\"></meter> {HumanText.Percent(known)}");
    }

    /// <summary>An entry in a list of facts; nothing for an empty value.</summary>
    internal static void Fact(Html html, string name, string value)
    {
        if (value.Length > 0)
        {
            html.Add($"<div><dt>{name}</dt><dd>{value}</dd></div>\n");
        }
    }
}
