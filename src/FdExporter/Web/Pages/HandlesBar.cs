using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Wording;

namespace FdExporter.Web.Pages;

/// <summary>One bar of all handles by program, and the same as a list.</summary>
internal static class HandlesBar
{
    /// <summary>A smaller share is not written: it would be 0 %.</summary>
    private const double LeastShare = 0.01;

    internal static void Write(Html html, HandleShares shares, ulong allocated)
    {
        double all = Math.Max(allocated, 1);
        html.AddLiteral("<svg class=\"parts\" aria-hidden=\"true\" focusable=\"false\">\n<rect class=\"without\" width=\"100%\" height=\"100%\"/>\n");
        double at = 0;
        for (int i = 0; i < shares.Largest.Length; i++)
        {
            HandleShare share = shares.Largest[i];
            html.Add($"<a href=\"{PathOf(share.Program)}\" tabindex=\"-1\"><title>{TextOf(share, all)}</title>");
            Part(html, ClassOf(i), at, share.Handles / all, "0", "100%");
            if (share.Idle > 0)
            {
                Part(html, "idle", at, share.Idle / all, "0", "5");
            }

            if (share.CloseWait > 0)
            {
                Part(html, "closewait", at, share.CloseWait / all, "70%", "30%");
            }

            html.AddLiteral("</a>\n");
            at += share.Handles / all;
        }

        if (shares.Others > 0)
        {
            html.Add($"<a href=\"#groups\" tabindex=\"-1\"><title>{OthersOf(shares)}: {HumanText.Number(shares.Others)}</title>");
            Part(html, "others", at, shares.Others / all, "0", "100%");
            html.AddLiteral("</a>\n");
        }

        html.AddLiteral("</svg>\n");
        WriteList(html, shares, all);
    }

    /// <summary>The page of a program.</summary>
    internal static string PathOf(string program) => $"/program/{Uri.EscapeDataString(program)}";

    internal static string ClassOf(int index) => $"p{index + 1}";

    private static void Part(Html html, string kind, double at, double share, string y, string height)
        => html.Add($"<rect class=\"{kind}\" x=\"{Svg.Percent(at)}\" y=\"{y}\" width=\"{Svg.Percent(share)}\" height=\"{height}\"/>");

    private static void WriteList(Html html, HandleShares shares, double all)
    {
        html.AddLiteral("<ul class=\"legend\">\n");
        for (int i = 0; i < shares.Largest.Length; i++)
        {
            HandleShare share = shares.Largest[i];
            Begin(html, ClassOf(i));
            html.Add($"<a class=\"name\" href=\"{PathOf(share.Program)}\">{share.Program}</a>");
            Amount(html, share.Handles, all);
            if (share.CloseWait > 0)
            {
                html.Add($" <span class=\"mark closewait\">{HumanText.Number(share.CloseWait)} in CLOSE_WAIT</span>");
            }

            if (share.Idle > 0)
            {
                html.Add($" <span class=\"mark idle\">{HumanText.Number(share.Idle)} idle</span>");
            }

            html.AddLiteral("</li>\n");
        }

        if (shares.Others > 0)
        {
            Begin(html, "others");
            html.Add($"<a class=\"name\" href=\"#groups\">{OthersOf(shares)}</a>");
            Amount(html, shares.Others, all);
            html.AddLiteral("</li>\n");
        }

        if (shares.Without > 0)
        {
            Begin(html, "without");
            html.Add($"<span class=\"name\">no descriptor{(shares.IsAtLeast ? ", at least" : "")}</span>");
            Amount(html, shares.Without, all);
            html.AddLiteral("</li>\n");
        }

        html.AddLiteral("</ul>\n");
        if (shares.IsEstimated)
        {
            html.AddLiteral("<p class=\"note\">Descriptors that processes share after fork are counted once, estimated.</p>\n");
        }
    }

    private static void Begin(Html html, string kind)
        => html.Add($"<li><svg class=\"key\" viewBox=\"0 0 10 10\" aria-hidden=\"true\" focusable=\"false\"><rect class=\"{kind}\" width=\"10\" height=\"10\" rx=\"2\"/></svg> ");

    private static void Amount(Html html, long handles, double all)
        => html.Add($" <span class=\"amount\"><b>{HumanText.Number(handles)}</b>{(handles / all >= LeastShare ? $" {HumanText.Percent(handles / all)}" : "")}</span>");

    private static string OthersOf(HandleShares shares) => HumanText.Count(shares.OtherPrograms, "other program", "other programs");

    private static string TextOf(HandleShare share, double all)
        => $"{share.Program}: {HumanText.Number(share.Handles)}, {HumanText.Percent(share.Handles / all)}"
            + (share.CloseWait > 0 ? $"; {HumanText.Number(share.CloseWait)} in CLOSE_WAIT" : "")
            + (share.Idle > 0 ? $"; {HumanText.Number(share.Idle)} idle for ten minutes" : "");
}
