using FdExporter.Cli.Terminals;
using FdExporter.Configuration;
using FdExporter.Diagnosis;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Web.Api;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter explain</c>: reports what is wrong with this machine.</summary>
internal static class ExplainCommand
{
    private static readonly TimeSpan s_inspectionBudget = TimeSpan.FromSeconds(10);

    internal static int Run(ExporterOptions options, bool json, bool exitCode) => LocalHost.Run(options, host =>
    {
        HostGrouper grouper = new(new GroupLimits(options.TopProcesses, options.MaxGroups, options.TopEndpoints, options.MaxNamespaces));
        HostSnapshot snapshot = host.Scan(LocalHost.NewDeadline());
        if (snapshot.Ownership?.Unattributed[TcpState.CloseWait] > 0)
        {
            // Whether nobody holds them, or only nobody was found yet, a second scan tells.
            snapshot = host.Scan(LocalHost.NewDeadline());
        }

        VerdictInput input = new(grouper.Group(snapshot), new HostHistory(TimeProvider.System)) { Thresholds = Thresholds.Of(options) };
        input.History.Add(input.Host);
        input = input with
        {
            Inspected = Inspect(host, input),
            Handles = SystemHandlesRule.NeedsCount(input) ? host.CountHandles(input.Host.Snapshot.Processes!, s_inspectionBudget) : null,
        };
        Verdict verdict = Verdict.Of(input);
        Output.Print(json ? VerdictDocument.JsonOf(verdict) : VerdictText.Of(verdict));
        return exitCode ? ExitCodeOf(verdict) : 0;
    });

    /// <summary>For scripts and cron. 1 is that the machine could not be scanned.</summary>
    internal static int ExitCodeOf(Verdict verdict) => verdict.Findings.Select(static finding => finding.Severity).DefaultIfEmpty(Severity.Note).Min() switch
    {
        Severity.Critical => 3,
        Severity.Warning => 2,
        _ => 0,
    };

    private static Dictionary<ProcessId, InspectedKinds> Inspect(LocalHost host, VerdictInput input)
    {
        Dictionary<ProcessId, InspectedKinds> kinds = [];
        foreach (ProcessId suspect in VerdictInput.Suspects(input.Host, input.Thresholds))
        {
            try
            {
                if (host.TryInspect(suspect.Pid, s_inspectionBudget) is { IsVisible: true } inspection && inspection.Process.Id == suspect)
                {
                    kinds.Add(suspect, inspection.Kinds);
                }
            }
            catch (IOException)
            {
                // The verdict is then silent on what it holds, and says everything else.
            }
        }

        return kinds;
    }
}
