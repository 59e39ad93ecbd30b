using FdExporter.Accounts.Naming;
using FdExporter.Configuration;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning;
using FdExporter.Scanning.Reading;
using FdExporter.Self;
using Microsoft.Extensions.Logging.Abstractions;

namespace FdExporter.Cli.Checks;

/// <summary>The input of all checks: flags, rights, and a scan of the machine with them.</summary>
internal sealed class CheckedHost : IDisposable
{
    /// <summary>The first scan reads every descriptor, and a user waits longer than a scraper.</summary>
    private static readonly TimeSpan s_budget = TimeSpan.FromMinutes(1);

    private readonly HostScanner? _scanner;

    /// <param name="held">The capabilities after those were dropped that these flags do not need.</param>
    internal CheckedHost(ExporterOptions options, HeldPrivileges held)
    {
        Options = options;
        Held = held;
        Own = CheckedPrivileges.TryOpenOwn();
        Privileges = CheckedPrivileges.Read(Own);
        try
        {
            Root = ProcFs.OpenHost(options.ProcFsRoot);

            // Names do not matter here, so no rules are loaded.
            _scanner = new HostScanner(options.ProcFsRoot, ProgramName.Of, TimeProvider.System, NullLogger<HostScanner>.Instance, podLogs: options.PodLogs);
            Snapshot = Scan();
            if (Snapshot.Ownership?.Unattributed.Total > 0)
            {
                // A second scan finds the owners of sockets that had just been opened.
                Snapshot = Scan();
            }
        }
        catch (KernelException exception)
        {
            RootProblem = exception.Message;
        }
    }

    internal ExporterOptions Options { get; }

    internal HeldPrivileges Held { get; }

    internal CheckedPrivileges Privileges { get; }

    /// <summary>The exporter's own /proc; null if none is mounted.</summary>
    internal ProcFs? Own { get; }

    /// <summary>The procfs of <c>--path.procfs</c>; null if it cannot be opened.</summary>
    internal ProcFs? Root { get; }

    internal string RootProblem { get; } = "";

    /// <summary>Null without a root.</summary>
    internal HostSnapshot? Snapshot { get; }

    /// <summary>What of the machine is visible, and what would help; the same as in the verdict and the metrics.</summary>
    internal Coverage Coverage => Snapshot?.Coverage ?? new Coverage(Privileges.Rights, IsWholeMachine: null, ShowsFirst: true);

    /// <summary>Network namespaces other than the host's, and how many of them are read as text.</summary>
    internal (int All, int AsText) ForeignNamespaces => _scanner?.ForeignNamespaces ?? default;

    /// <summary>Why sockets are not read from sock_diag; null if they are.</summary>
    internal string? TcpSourceReason => _scanner?.TcpSourceReason;

    /// <summary>Whether an enabled collector reads processes or their network namespaces.</summary>
    internal bool ReadsProcesses => Held.Needed is not { } needed || needed.Has(CapabilitySet.SysPtrace);

    /// <summary>The item for a collector without a result.</summary>
    internal CheckItem Missing(string check, Collectors collector)
        => Snapshot?.Outcomes.FirstOrDefault(outcome => outcome.Collector == collector)?.Error is { } error
            ? new CheckItem(check, CheckStatus.Blind, $"collector {CollectorNames.Of(collector)} fails: {error.Split('\n')[0]}")
            {
                Advice = "Its metrics are missing.",
            }
            : new CheckItem(check, CheckStatus.Ok, "disabled");

    private HostSnapshot Scan() => _scanner!.Scan(CollectorNames.SetOf(Options.Collectors), new Deadline(TimeProvider.System, s_budget));

    public void Dispose()
    {
        _scanner?.Dispose();
        Root?.Dispose();
        Own?.Dispose();
    }
}
