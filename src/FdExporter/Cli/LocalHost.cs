using FdExporter.Configuration;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using FdExporter.Self;
using FdExporter.Web.Serving;
using Microsoft.Extensions.Logging.Abstractions;

namespace FdExporter.Cli;

/// <summary>This machine, looked at without a server, by whoever runs the program and with his rights.</summary>
internal sealed class LocalHost : IDisposable
{
    /// <summary>A cold scan follows every descriptor; a person waits longer than a scraper.</summary>
    private static readonly TimeSpan s_budget = TimeSpan.FromMinutes(1);

    private readonly HostScanner _scanner;
    private readonly Collectors _collectors;

    /// <exception cref="IOException">The procfs root cannot be opened.</exception>
    /// <exception cref="ConfigException">The rules cannot be used.</exception>
    private LocalHost(ExporterOptions options)
    {
        _collectors = CollectorNames.SetOf(options.Collectors);

        // What goes wrong in a scan is a part of the snapshot.
        NamingRules rules = NamingRules.Load(options.RuleFile);
        _scanner = new HostScanner(options.ProcFsRoot, rules.Namer, TimeProvider.System, NullLogger<HostScanner>.Instance);
        if (rules.Warning is { } warning)
        {
            Console.Error.WriteLine($"{BuildInfo.Program}: warning: {Printable.Of(warning)}");
        }
    }

    internal static Deadline NewDeadline() => new(TimeProvider.System, s_budget);

    /// <returns>The exit code: 1, with one line on stderr, when the machine cannot be looked at; else what <paramref name="look"/> says.</returns>
    internal static int Run(ExporterOptions options, Func<LocalHost, int> look)
    {
        _ = LeastPrivilege.Apply(options);
        try
        {
            using LocalHost host = new(options);
            return look(host);
        }
        catch (Exception exception) when (exception is IOException or ConfigException)
        {
            return Fail(exception.Message);
        }
    }

    /// <summary>
    /// What may be shown of it: all, as whoever runs this has the right to read it without; but where the program's file lends
    /// rights, only to root and to the process's own user.
    /// </summary>
    internal static Details DetailsOf(ProcessInspection inspection)
        => !LocalUser.HasLentRights || inspection.ReadableBy == LocalUser.Real ? Details.All : Details.None;

    internal static int Fail(string problem)
    {
        Console.Error.WriteLine($"{BuildInfo.Program}: error: {Printable.Of(problem)}");
        return 1;
    }

    internal HostSnapshot Scan(Deadline deadline) => _scanner.Scan(_collectors, deadline);

    /// <param name="budget">As long as for a scan if not given.</param>
    /// <returns>Null when there is no such process.</returns>
    internal ProcessInspection? TryInspect(int pid, TimeSpan? budget = null) => Inspect(pid, budget).Inspection;

    /// <summary>Likewise, and of a thread whose it is.</summary>
    internal InspectionAnswer Inspect(int pid, TimeSpan? budget = null)
        => _scanner.Inspect(pid, new Deadline(TimeProvider.System, budget ?? s_budget));

    /// <returns>Null where it cannot be told.</returns>
    internal HandleCount? CountHandles(ProcessTable table, TimeSpan budget) => _scanner.CountHandlesAsync(table, budget).GetAwaiter().GetResult();

    public void Dispose() => _scanner.Dispose();
}
