using System.Text;
using FdExporter.Cli.Terminals;
using FdExporter.Configuration;
using FdExporter.Grouping;
using FdExporter.Linux.Files;
using FdExporter.Metrics;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter metrics</c>: one scan in the text format, for node_exporter's textfile collector and for cron.</summary>
internal static class MetricsCommand
{
    /// <param name="file">To write whole or not at all; empty for standard output.</param>
    internal static int Run(ExporterOptions options, string file)
    {
        // The file may be in a folder of another user, which takes a right that a scan does not need.
        ExporterOptions own = file.Length > 0 ? options with { DropPrivileges = false } : options;
        return LocalHost.Run(own, host =>
        {
            HostGrouper grouper = new(new GroupLimits(options.TopProcesses, options.MaxGroups, options.TopEndpoints, options.MaxNamespaces), TimeProvider.System);
            byte[] text = TextOf(grouper.Group(host.Scan(LocalHost.NewDeadline())));
            if (file.Length == 0)
            {
                Output.Print(Encoding.UTF8.GetString(text));
                return 0;
            }

            try
            {
                ReplacedFile.Write(file, text);
                return 0;
            }
            catch (IOException exception)
            {
                return LocalHost.Fail($"write {file}: {exception.Message}");
            }
        });
    }

    internal static byte[] TextOf(GroupedHost host) => Exposition.WriteAsync(host).GetAwaiter().GetResult();
}
