using FdExporter.Configuration;
using FdExporter.Diagnosis;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Web.Api;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter explain</c>: says in words what is wrong with this machine.</summary>
internal static class ExplainCommand
{
    private static readonly TimeSpan s_inspectionBudget = TimeSpan.FromSeconds(10);

    internal static int Run(ExporterOptions options, bool json) => OneScan.Print(options, (scanner, snapshot) =>
    {
        HostGrouper grouper = new(new GroupLimits(options.TopProcesses, options.MaxGroups, options.TopEndpoints, options.MaxNamespaces));
        Case @case = new(grouper.Group(snapshot), new HostHistory(TimeProvider.System)) { Thresholds = Thresholds.Of(options) };
        @case.History.Add(@case.Host);
        Verdict verdict = Verdict.Of(@case with { Sockets = Inspect(scanner, @case) });
        return json ? VerdictDocument.JsonOf(verdict) : VerdictText.Of(verdict);
    });

    private static Dictionary<ProcessId, SocketProtocolCounts> Inspect(HostScanner scanner, Case @case)
    {
        Dictionary<ProcessId, SocketProtocolCounts> sockets = [];
        foreach (ProcessId suspect in Case.Suspects(@case.Host, @case.Thresholds))
        {
            try
            {
                if (scanner.TryInspect(suspect.Pid, new Deadline(TimeProvider.System, s_inspectionBudget)) is { IsVisible: true } inspection
                    && inspection.Process.Id == suspect)
                {
                    sockets.Add(suspect, inspection.Sockets);
                }
            }
            catch (IOException)
            {
                // The verdict is then silent on what its sockets are, and says everything else.
            }
        }

        return sockets;
    }
}
