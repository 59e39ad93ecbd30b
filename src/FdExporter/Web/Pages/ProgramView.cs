using System.Collections.Immutable;
using FdExporter.Diagnosis.Findings;
using FdExporter.Grouping;
using FdExporter.Web.Serving;

namespace FdExporter.Web.Pages;

/// <summary>The part of a view that is about one program.</summary>
internal static class ProgramView
{
    internal static HostView Of(HostView view, string program) => view with
    {
        Host = view.Host with
        {
            CloseWait = Only(view.Host.CloseWait, row => row.Group == program),
            Addresses = Only(view.Host.Addresses, row => row.Group == program),
            Listeners = Only(view.Host.Listeners, row => row.Group == program),
            DeletedFiles = Only(view.Host.DeletedFiles, row => row.Group == program),
        },
        Verdict = view.Verdict with
        {
            Findings = [.. view.Verdict.Findings.Where(finding => IsAbout(finding, view.Host, program))],
        },
    };

    private static ImmutableArray<T>? Only<T>(ImmutableArray<T>? rows, Func<T, bool> isOfProgram)
        => rows is { } known ? [.. known.Where(isOfProgram)] : null;

    private static bool IsAbout(Finding finding, GroupedHost host, string program)
        => finding.Program == program
            || (finding.Culprit is { } culprit && host.Snapshot.Processes?.TryFind(culprit) is { } process && process.Facts.Group == program);
}
