using FdExporter.Configuration;
using FdExporter.Linux.Files;
using FdExporter.Model;
using FdExporter.Web.Serving;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter healthcheck</c>: whether the server that was started with these flags answers, for who watches containers.</summary>
internal static class HealthCheckCommand
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);

    /// <summary>Of that: the server answers also when the disk does not that its configuration is on.</summary>
    private static readonly TimeSpan s_forFile = TimeSpan.FromSeconds(1);

    /// <returns>0 when each address answers; 1, with a line about the first that does not.</returns>
    internal static async Task<int> RunAsync(ExporterOptions options)
    {
        using CancellationTokenSource timeout = new(s_timeout);
        HealthProbe probe = new(ConfigOf(options));
        foreach (ListenAddress address in options.ListenAddresses)
        {
            if (await ProblemOfAsync(probe, address, timeout.Token).ConfigureAwait(false) is { } problem)
            {
                Console.Error.WriteLine($"{BuildInfo.Program}: error: {address.Text}: {Printable.Of(problem)}");
                return 1;
            }
        }

        return 0;
    }

    private static async Task<string?> ProblemOfAsync(HealthProbe probe, ListenAddress address, CancellationToken timeout)
    {
        try
        {
            return await probe.AskAsync(address, timeout).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return $"no answer within {s_timeout.TotalSeconds} s";
        }
    }

    /// <summary>Null while the file cannot be used: the server goes on with what it had, and nobody else knows what that was.</summary>
    private static WebConfig? ConfigOf(ExporterOptions options)
    {
        if (options.WebConfigFile is not { } file)
        {
            return new WebConfig();
        }

        try
        {
            using FileThread thread = new(s_forFile);
            return WebConfigFile.Parse(file, ConfigFile.ReadText(file, thread));
        }
        catch (ConfigException)
        {
            return null;
        }
    }
}
