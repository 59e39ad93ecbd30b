using FdExporter.Diagnosis;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Web.Serving;

namespace FdExporter.Web.Pages;

/// <summary>The sums of one program, and its process nearest to the limit.</summary>
internal static class ProgramFacts
{
    internal static void Write(Html html, HostView view, GroupSample program)
    {
        HostSnapshot snapshot = view.Host.Snapshot;
        html.AddLiteral("<dl>\n");
        PageFormat.Fact(html, "Processes", HumanText.Number(program.Processes));
        PageFormat.Fact(html, "Descriptors", program.OpenFds is { } open ? HumanText.Number(open) : "not known: access denied");
        PageFormat.Fact(html, "Growth", view.History.GrowthOf(HistoryKey.GroupFds(program.Name)) is { } growth
            ? HumanText.PerHour(growth.PerHour)
            : $"known after {HistorySeries.LeastMinutes} minutes of scrapes");
        WriteNearest(html, view, program.Name);
        if (program.Holdings is { } holdings)
        {
            PageFormat.Fact(html, "By type", PageFormat.Types(holdings.Types, int.MaxValue));
            PageFormat.Fact(html, "Sockets", PageFormat.Protocols(holdings.Protocols, int.MaxValue));
            PageFormat.Fact(html, "TCP states", PageFormat.Counts(TcpStateNames.All.Select((name, state) => KeyValuePair.Create(name, (long)holdings.Sockets[(TcpState)state])), int.MaxValue));
            PageFormat.Fact(html, "Unix states", PageFormat.Counts(UnixSocketStates.All.Select((name, state) => KeyValuePair.Create(name, (long)holdings.Unix[(UnixSocketState)state])), int.MaxValue));
            PageFormat.Fact(html, "Dead TCP sockets", holdings.DeadSockets is > 0 and { } dead ? HumanText.Number(dead) : "");
        }
        else
        {
            PageFormat.Fact(html, "By type", snapshot.Ownership is null ? "not known: the collector socket_owner failed or is switched off" : "not known: access denied");
        }

        if (HiddenOf(view, program.Name) is > 0 and var hidden && program.Holdings is not null)
        {
            PageFormat.Fact(html, "Not in types and states", $"{HumanText.Count(hidden, "process", "processes")}: access denied");
        }

        html.AddLiteral("</dl>\n");
    }

    private static void WriteNearest(Html html, HostView view, string program)
    {
        ProcessRow? nearest = ProcessRow.Of(view.Host.Snapshot, view.History)
            .Where(row => row.Facts.Group == program && row.Facts.Limits is { Soft: not null } && row.Sample.FdRatio is not null)
            .MaxBy(static row => row.Sample.FdRatio);
        if (nearest is null)
        {
            PageFormat.Fact(html, "Nearest to its limit", "not known, or no process has a limit");
            return;
        }

        string left = nearest.TimeToLimit is { } time ? $", limit reached in {HumanText.About(time)}" : "";
        html.Add($"<div><dt>Nearest to its limit</dt><dd><a href=\"/process/{nearest.Pid}\">pid {HumanText.Pid(nearest.Sample.Id)}</a>: {PageFormat.Number(nearest.Sample.OpenFds)} of {HumanText.Limit(nearest.Facts.Limits!.Soft)} ({HumanText.Percent(nearest.Sample.FdRatio!.Value)}){left}</dd></div>\n");
    }

    /// <summary>Its processes with descriptors that cannot be inspected.</summary>
    private static int HiddenOf(HostView view, string program)
        => ProcessRow.Of(view.Host.Snapshot, view.History).Count(row => row.Facts.Group == program && row.Holdings is null);
}
