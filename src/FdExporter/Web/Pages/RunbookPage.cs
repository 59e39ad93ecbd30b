using FdExporter.Runbooks;
using FdExporter.Web.Serving;

namespace FdExporter.Web.Pages;

/// <summary>Answers <c>/runbooks</c> and <c>/runbooks/NAME</c>.</summary>
internal sealed class RunbookPage(Layout layout)
{
    internal const string Path = "/runbooks";

    internal async Task HandleAsync(HttpContext context)
    {
        string name = context.Request.RouteValues["name"]?.ToString() ?? Runbook.Index;
        if (Runbook.Find(name) is not { } runbook)
        {
            await Refusal.WriteAsync(context, StatusCodes.Status404NotFound, $"There is no such runbook. {Path} lists them.").ConfigureAwait(false);
            return;
        }

        PageHeaders.Set(context.Response);
        await context.Response.WriteAsync(Of(runbook), context.RequestAborted).ConfigureAwait(false);
    }

    internal string Of(Runbook runbook)
        => layout.Write(runbook.Name == Runbook.Index ? "Runbooks" : runbook.Name, html => MarkdownHtml.Write(html, runbook.Text, AddressOf), isLive: false);

    /// <summary>
    /// The address for a link in a runbook: a page of this program, an anchor on it, or an external address. Null for files that exist only
    /// in the repository.
    /// </summary>
    internal static string? AddressOf(string link)
    {
        if (link.StartsWith('#') || link.StartsWith("https://", StringComparison.Ordinal))
        {
            return link;
        }

        string[] parts = link.Split('#', 2);
        string place = parts.Length > 1 ? "#" + parts[1] : "";
        return parts[0] switch
        {
            "README.md" or "runbooks/README.md" => Path + place,
            "../README.md" => $"{Path}/{Runbook.Alerts}{place}",
            var file when file.StartsWith("runbooks/", StringComparison.Ordinal) => AddressOfPage(file["runbooks/".Length..], place),
            var file => AddressOfPage(file, place),
        };
    }

    private static string? AddressOfPage(string file, string place)
        => file.EndsWith(".md", StringComparison.Ordinal) && Runbook.Find(file) is { } runbook ? $"{Path}/{runbook.Name}{place}" : null;
}
