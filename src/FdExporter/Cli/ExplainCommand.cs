using FdExporter.Configuration;
using FdExporter.Diagnosis;
using FdExporter.Grouping;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter explain</c>: says in words what is wrong with this machine.</summary>
internal static class ExplainCommand
{
    internal static int Run(ExporterOptions options, bool json) => OneScan.Print(options, snapshot =>
    {
        HostGrouper grouper = new(new GroupLimits(options.TopProcesses, options.MaxGroups, options.TopEndpoints, options.MaxNamespaces));
        Verdict verdict = Verdict.Of(grouper.Group(snapshot));
        return json ? VerdictJson.Of(verdict) : VerdictText.Of(verdict);
    });
}
