using FdExporter.Cli.Terminals;
using FdExporter.Configuration;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Documents;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter explain</c>: reports what is wrong with this machine.</summary>
internal static class ExplainCommand
{
    private static readonly TimeSpan s_inspectionBudget = TimeSpan.FromSeconds(10);

    internal static int Run(ExporterOptions options, bool json, bool exitCode) => LocalHost.Run(options, host =>
    {
        HostGrouper grouper = new(GroupLimits.Of(options));
        HostSnapshot snapshot = host.Scan(LocalHost.NewDeadline());
        if (snapshot.Ownership?.Unattributed[TcpState.CloseWait] > 0)
        {
            // A second scan shows whether they have no owner, or only had none yet.
            snapshot = host.Scan(LocalHost.NewDeadline());
        }

        GroupedHost grouped = grouper.Group(snapshot);
        HostHistory history = new(TimeProvider.System);
        history.Add(grouped);
        VerdictInputs inputs = new(
            history,
            Thresholds.Of(options),
            (pid, _) => Task.FromResult(host.TryInspect(pid, s_inspectionBudget)),
            (processes, _) => Task.FromResult(host.CountHandles(processes, s_inspectionBudget)),
            TimeProvider.System);
        Verdict verdict = Verdict.Of(inputs.OfAsync(grouped, CancellationToken.None).GetAwaiter().GetResult());
        Output.Print(json ? VerdictDocument.JsonOf(verdict) : VerdictText.Of(verdict));
        return exitCode ? ExitCodeOf(verdict) : 0;
    });

    /// <summary>For scripts and cron. 1 is reserved for a failed scan.</summary>
    internal static int ExitCodeOf(Verdict verdict) => verdict.Findings.Select(static finding => finding.Severity).DefaultIfEmpty(Severity.Note).Min() switch
    {
        Severity.Critical => 3,
        Severity.Warning => 2,
        _ => 0,
    };
}
