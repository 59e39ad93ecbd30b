using FdExporter.Cli.Terminals;
using FdExporter.Configuration;
using FdExporter.Linux.Files;
using FdExporter.Web.Serving;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter healthcheck</c>: checks that the server with these flags answers. For container health checks.</summary>
internal static class HealthCheckCommand
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);

    /// <summary>For reading the configuration. A part of the timeout: the server answers even while its disk hangs.</summary>
    private static readonly TimeSpan s_fileTimeout = TimeSpan.FromSeconds(1);

    /// <returns>0 if each address answers; otherwise 1, with one line about the first that does not.</returns>
    internal static async Task<int> RunAsync(ExporterOptions options)
    {
        using CancellationTokenSource timeout = new(s_timeout);
        HealthProbe probe = new(ConfigOf(options));
        foreach (ListenAddress address in options.ListenAddresses)
        {
            if (await ProblemOfAsync(probe, address, timeout.Token).ConfigureAwait(false) is { } problem)
            {
                return Output.Fail($"{address.Text}: {problem}");
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

    /// <summary>Null if the file is not valid: the server then still uses its previous configuration, which is unknown here.</summary>
    private static WebConfig? ConfigOf(ExporterOptions options)
    {
        if (options.WebConfigFile is not { } file)
        {
            return new WebConfig();
        }

        try
        {
            using FileThread thread = new(s_fileTimeout);
            return WebConfigFile.Parse(file, ConfigFile.ReadText(file, thread));
        }
        catch (ConfigException)
        {
            return null;
        }
    }
}
