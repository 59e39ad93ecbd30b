using FdExporter.Configuration;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Web;
using Microsoft.Extensions.Logging.Abstractions;

namespace FdExporter.Cli;

/// <summary>What the verbs have in common: they look at the machine once, without a server, and print what they see.</summary>
internal static class OneScan
{
    /// <summary>A cold scan follows every descriptor; a person waits longer than a scraper.</summary>
    private static readonly TimeSpan s_budget = TimeSpan.FromMinutes(1);

    /// <returns>0 when it could look, whatever it found; 1 when it could not.</returns>
    internal static int Print(ExporterOptions options, Func<HostScanner, HostSnapshot, string> show)
    {
        try
        {
            // What goes wrong in a scan is a part of the snapshot.
            using HostScanner scanner = new(
                options.ProcFsRoot, RuleReloader.Load(options.RuleFile), TimeProvider.System, NullLogger<HostScanner>.Instance);
            Console.Out.Write(show(scanner, scanner.Scan(CollectorNames.SetOf(options.Collectors), new Deadline(TimeProvider.System, s_budget))));
            return 0;
        }
        catch (Exception exception) when (exception is IOException or ConfigException)
        {
            Console.Error.WriteLine($"{BuildInfo.Program}: error: {exception.Message}");
            return 1;
        }
    }
}
