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
    /// <param name="file">Replaced atomically; empty for standard output.</param>
    internal static int Run(ExporterOptions options, string file)
    {
        // Writing to another user's folder needs capabilities that a scan does not.
        ExporterOptions own = file.Length > 0 ? options with { DropPrivileges = false } : options;
        return LocalHost.Run(own, host =>
        {
            HostGrouper grouper = new(GroupLimits.Of(options), TimeProvider.System);
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
                return Output.Fail($"write {file}: {exception.Message}");
            }
        });
    }

    internal static byte[] TextOf(GroupedHost host) => Exposition.WriteAsync(host).GetAwaiter().GetResult();
}
