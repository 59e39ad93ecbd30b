using FdExporter.Configuration;
using FdExporter.Diagnosis;
using FdExporter.Grouping;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Web;
using Microsoft.Extensions.Logging.Abstractions;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter explain</c>: looks at the machine once and says what is wrong with it. No server is needed.</summary>
internal static class ExplainCommand
{
    /// <summary>A cold scan follows every descriptor; a person waits longer than a scraper.</summary>
    private static readonly TimeSpan s_budget = TimeSpan.FromMinutes(1);

    /// <returns>0 when it could look, whatever it found; 1 when it could not.</returns>
    internal static int Run(ExporterOptions options, bool json)
    {
        try
        {
            // What goes wrong in a scan is in the verdict.
            using HostScanner scanner = new(
                options.ProcFsRoot, RuleReloader.Load(options.RuleFile), TimeProvider.System, NullLogger<HostScanner>.Instance);
            HostGrouper grouper = new(new GroupLimits(options.TopProcesses, options.MaxGroups, options.TopEndpoints, options.MaxNamespaces));
            Verdict verdict = Verdict.Of(grouper.Group(scanner.Scan(CollectorNames.SetOf(options.Collectors), new Deadline(TimeProvider.System, s_budget))));
            Console.Out.Write(json ? VerdictJson.Of(verdict) : VerdictText.Of(verdict));
            return 0;
        }
        catch (Exception exception) when (exception is IOException or ConfigException)
        {
            Console.Error.WriteLine($"{BuildInfo.Program}: error: {exception.Message}");
            return 1;
        }
    }
}
