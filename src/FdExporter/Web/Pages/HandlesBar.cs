using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Wording;

namespace FdExporter.Web.Pages;

/// <summary>All handles of the machine by program.</summary>
internal static class HandlesBar
{
    internal static void Write(Html html, HandleShares shares, ulong allocated)
    {
        List<PartsBar.Part> parts = [.. shares.Largest.Select(static (share, i) => new PartsBar.Part(PartsBar.ColourOf(i), share.Program, ProgramLink.AddressOf(share.Program), share.Handles)
        {
            CloseWait = share.CloseWait,
            Idle = share.Idle,
        })];
        if (shares.Others > 0)
        {
            parts.Add(new PartsBar.Part("others", HumanText.Count(shares.OtherPrograms, "other program", "other programs"), "#groups", shares.Others));
        }

        if (shares.Without > 0)
        {
            parts.Add(new PartsBar.Part("without", $"no descriptor{(shares.IsAtLeast ? ", at least" : "")}", null, shares.Without));
        }

        PartsBar.Write(html, parts, allocated);
        if (shares.IsEstimated)
        {
            html.AddLiteral("<p class=\"note\">Descriptors that processes share after fork are counted once, estimated.</p>\n");
        }
    }
}
