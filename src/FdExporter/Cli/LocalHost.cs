using FdExporter.Cli.Terminals;
using FdExporter.Configuration;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using FdExporter.Self;
using FdExporter.Web.Serving;
using Microsoft.Extensions.Logging.Abstractions;

namespace FdExporter.Cli;

/// <summary>Scans this machine without a server, with the rights of the current user.</summary>
internal sealed class LocalHost : IDisposable
{
    /// <summary>The first scan reads every descriptor, and a user waits longer than a scraper.</summary>
    private static readonly TimeSpan s_budget = TimeSpan.FromMinutes(1);

    private readonly HostScanner _scanner;
    private readonly Collectors _collectors;

    /// <exception cref="IOException">The procfs root cannot be opened.</exception>
    /// <exception cref="ConfigException">The rules cannot be used.</exception>
    private LocalHost(ExporterOptions options)
    {
        _collectors = CollectorNames.SetOf(options.Collectors);

        // No logger: the snapshot contains the errors of a scan.
        NamingRules rules = NamingRules.Load(options.RuleFile);
        _scanner = new HostScanner(options.ProcFsRoot, rules.Namer, TimeProvider.System, NullLogger<HostScanner>.Instance, podLogs: options.PodLogs);
        if (rules.Warning is { } warning)
        {
            Output.Warn(warning);
        }
    }

    internal static Deadline NewDeadline() => new(TimeProvider.System, s_budget);

    /// <returns>The exit code of <paramref name="command"/>.</returns>
    /// <exception cref="IOException">The machine cannot be scanned.</exception>
    /// <exception cref="ConfigException">The rules cannot be used.</exception>
    internal static int Run(ExporterOptions options, Func<LocalHost, int> command)
    {
        _ = LeastPrivilege.Apply(options);
        using LocalHost host = new(options);
        return command(host);
    }

    /// <summary>
    /// What the user may see. Normally all, because the user could read it without this program. If the program file has
    /// setcap or setuid privileges: only root and the process's own user see everything.
    /// </summary>
    internal static Details DetailsOf(ProcessInspection inspection)
        => !LocalUser.HasElevatedRights || inspection.ReadableBy == LocalUser.Real ? Details.All : Details.None;

    internal HostSnapshot Scan(Deadline deadline) => _scanner.Scan(_collectors, deadline);

    /// <param name="budget">The time for a scan if not given.</param>
    /// <returns>Null if there is no such process.</returns>
    internal ProcessInspection? TryInspect(int pid, TimeSpan? budget = null) => Inspect(pid, budget).Inspection;

    /// <summary>The same; for the id of a thread, its process.</summary>
    internal InspectionAnswer Inspect(int pid, TimeSpan? budget = null)
        => _scanner.Inspect(pid, new Deadline(TimeProvider.System, budget ?? s_budget));

    /// <returns>Null if unknown.</returns>
    internal HandleCount? CountHandles(ProcessTable table, TimeSpan budget) => _scanner.CountHandlesAsync(table, budget).GetAwaiter().GetResult();

    public void Dispose() => _scanner.Dispose();
}
