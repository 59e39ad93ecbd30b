using System.Globalization;

namespace FdExporter.Web.Pages;

/// <summary>Numbers and small pictures in SVG. Colours come from the style sheet.</summary>
internal static class Svg
{
    /// <summary>A coordinate, rounded to a tenth.</summary>
    internal static string At(double value) => Math.Round(value, 1).ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>A share of the width, so that nothing is stretched: <c>12.34%</c>.</summary>
    internal static string Percent(double ratio) => Math.Round(Math.Clamp(ratio, 0, 1) * 100, 2).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    /// <summary>A circle with a tick, a triangle, or an octagon: the shapes differ, not only the colours.</summary>
    internal static void Icon(Html html, string state)
    {
        html.Add($"<svg class=\"icon {state}\" viewBox=\"0 0 24 24\" aria-hidden=\"true\">");
        html.AddLiteral(state switch
        {
            "critical" => "<path class=\"shape\" d=\"M8 1h8l7 7v8l-7 7H8l-7-7V8z\"/><path class=\"sign\" d=\"M8 8l8 8M16 8l-8 8\"/>",
            "warning" => "<path class=\"shape\" d=\"M12 2l11 20H1z\"/><path class=\"sign\" d=\"M12 9v6M12 18v1\"/>",
            "note" => "<circle class=\"shape\" cx=\"12\" cy=\"12\" r=\"11\"/><path class=\"sign\" d=\"M12 6v1M12 11v7\"/>",
            _ => "<circle class=\"shape\" cx=\"12\" cy=\"12\" r=\"11\"/><path class=\"sign\" d=\"M7 12.5l3.5 3.5L17 9\"/>",
        });
        html.AddLiteral("</svg>");
    }
}
