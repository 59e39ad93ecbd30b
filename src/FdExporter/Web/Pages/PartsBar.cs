using FdExporter.Diagnosis.Wording;

namespace FdExporter.Web.Pages;

/// <summary>One bar of a whole in parts, and the same as a list.</summary>
internal static class PartsBar
{
    /// <summary>A smaller share is not written: it would be 0 %.</summary>
    private const double LeastShare = 0.01;

    /// <summary>Parts with a colour of their own.</summary>
    internal const int MostColours = 8;

    internal static string ColourOf(int index) => $"p{index + 1}";

    /// <param name="whole">Their sum, or more: the rest of the bar is the last part of the list, or not known.</param>
    internal static void Write(Html html, IReadOnlyList<Part> parts, double whole)
    {
        double all = Math.Max(whole, 1);
        html.AddLiteral("<svg class=\"parts\" aria-hidden=\"true\">\n<rect class=\"without\" width=\"100%\" height=\"100%\"/>\n");
        double at = 0;
        foreach (Part part in parts)
        {
            WriteBar(html, part, at, all);
            at += part.Count / all;
        }

        html.AddLiteral("</svg>\n<ul class=\"legend\">\n");
        foreach (Part part in parts)
        {
            WriteEntry(html, part, all);
        }

        html.AddLiteral("</ul>\n");
    }

    private static void WriteBar(Html html, Part part, double at, double all)
    {
        string marks = (part.CloseWait > 0 ? $"; {HumanText.Number(part.CloseWait)} in CLOSE_WAIT" : "") + (part.Idle > 0 ? $"; {HumanText.Number(part.Idle)} idle for ten minutes" : "");
        if (part.Link is { } link)
        {
            html.Add($"<a href=\"{link}\" tabindex=\"-1\">");
        }

        html.Add($"<g><title>{part.Name}: {HumanText.Number(part.Count)}, {HumanText.Percent(part.Count / all)}{marks}</title>");
        Rectangle(html, part.Colour, at, part.Count / all, "0", "100%");
        if (part.Idle > 0)
        {
            Rectangle(html, "idle", at, part.Idle / all, "0", "5");
        }

        if (part.CloseWait > 0)
        {
            Rectangle(html, "closewait", at, part.CloseWait / all, "70%", "30%");
        }

        html.AddLiteral(part.Link is null ? "</g>\n" : "</g></a>\n");
    }

    private static void Rectangle(Html html, string kind, double at, double share, string y, string height)
        => html.Add($"<rect class=\"{kind}\" x=\"{Svg.Percent(at)}\" y=\"{y}\" width=\"{Svg.Percent(share)}\" height=\"{height}\"/>");

    private static void WriteEntry(Html html, Part part, double all)
    {
        html.Add($"<li><svg class=\"key\" viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"{part.Colour}\" width=\"10\" height=\"10\" rx=\"2\"/></svg> ");
        if (part.Link is { } link)
        {
            html.Add($"<a class=\"name\" href=\"{link}\">{part.Name}</a>");
        }
        else
        {
            html.Add($"<span class=\"name\">{part.Name}</span>");
        }

        html.Add($" <span class=\"amount\"><b>{HumanText.Number(part.Count)}</b>{(part.Count / all >= LeastShare ? $" {HumanText.Percent(part.Count / all)}" : "")}</span>");
        if (part.CloseWait > 0)
        {
            html.Add($" <span class=\"mark closewait\">{HumanText.Number(part.CloseWait)} in CLOSE_WAIT</span>");
        }

        if (part.Idle > 0)
        {
            html.Add($" <span class=\"mark idle\">{HumanText.Number(part.Idle)} idle</span>");
        }

        html.AddLiteral("</li>\n");
    }

    /// <param name="Colour">A class of the style sheet.</param>
    /// <param name="Link">Null for a part without a page.</param>
    internal sealed record Part(string Colour, string Name, string? Link, long Count)
    {
        /// <summary>How many of it are sockets in CLOSE_WAIT.</summary>
        internal long CloseWait { get; init; }

        /// <summary>How many of it are connections over which nothing has come for ten minutes.</summary>
        internal long Idle { get; init; }
    }
}
