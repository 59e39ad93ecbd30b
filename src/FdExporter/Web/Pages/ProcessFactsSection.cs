using FdExporter.Model;

namespace FdExporter.Web.Pages;

/// <summary>What a process is: command, user, unit, container, runtime, start.</summary>
internal static class ProcessFactsSection
{
    internal static void Write(Html html, ProcessInspection inspection, Details details)
    {
        ProcessFacts facts = inspection.Process.Facts;
        CloseWaitCauseCounts causes = inspection.CloseWaitCauses;
        html.AddLiteral("<dl>\n");
        PageFormat.Fact(html, "In CLOSE_WAIT", PageFormat.Counts(CloseWaitCauseNames.All.Select((name, cause) => KeyValuePair.Create(name, causes[(CloseWaitCause)cause])), int.MaxValue));
        PageFormat.Fact(html, "Command", facts.Comm);
        PageFormat.Fact(html, "User", facts.User);
        PageFormat.Fact(html, "Unit", facts.Owner.Unit);
        PageFormat.Fact(html, "Container", facts.Owner.ContainerName.Length > 0 ? $"{facts.Owner.ContainerName} ({facts.Owner.Container})" : facts.Owner.Container);
        PageFormat.Fact(html, "Pod", facts.Owner.Kubernetes is { } pod ? $"{pod.FullName} ({facts.Owner.Pod})" : facts.Owner.Pod);
        PageFormat.Fact(html, "Runtime", inspection.Runtime?.Name ?? "");
        PageFormat.Fact(html, "Started", PageFormat.Time(facts.StartTime));
        if (details.CommandLine)
        {
            PageFormat.Fact(html, "Command line", string.Join(' ', inspection.Arguments));
        }

        html.AddLiteral("</dl>\n");
    }
}
