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

/// <summary>What every check looks at: the flags, the rights, and the machine as the exporter sees it with both.</summary>
internal sealed class CheckedHost : IDisposable
{
    /// <summary>A cold scan follows every descriptor; a person waits longer than a scraper.</summary>
    private static readonly TimeSpan s_budget = TimeSpan.FromMinutes(1);

    private readonly HostScanner? _scanner;

    /// <param name="held">What is left of the rights when what these flags do not need was given up.</param>
    internal CheckedHost(ExporterOptions options, HeldPrivileges held)
    {
        Options = options;
        Held = held;
        Own = CheckedPrivileges.TryOpenOwn();
        Privileges = CheckedPrivileges.Read(Own);
        try
        {
            Root = ProcFs.OpenHost(options.ProcFsRoot);

            // How a process is called has nothing to do with how much of it is seen.
            _scanner = new HostScanner(options.ProcFsRoot, ProgramName.Of, TimeProvider.System, NullLogger<HostScanner>.Instance);
            Snapshot = Scan();
            if (Snapshot.Ownership?.Unattributed.Total > 0)
            {
                // Of a socket that was only just opened a second look finds the owner.
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

    /// <summary>The procfs where <c>self</c> is us; null where none is mounted.</summary>
    internal ProcFs? Own { get; }

    /// <summary>Of <c>--path.procfs</c>; null when it cannot be opened.</summary>
    internal ProcFs? Root { get; }

    internal string RootProblem { get; } = "";

    /// <summary>Null without a root.</summary>
    internal HostSnapshot? Snapshot { get; }

    /// <summary>What of the machine can be seen, and what would help; the scan says, as it does to verdict and metrics.</summary>
    internal Coverage Coverage => Snapshot?.Coverage ?? new Coverage(Privileges.Rights, IsWholeMachine: null, ShowsFirst: true);

    /// <summary>Network namespaces beside the host's, and how many of them are read as text.</summary>
    internal (int All, int AsText) ForeignNamespaces => _scanner?.ForeignNamespaces ?? default;

    /// <summary>Why sockets do not come from sock_diag; null where they do.</summary>
    internal string? TcpSourceReason => _scanner?.TcpSourceReason;

    /// <summary>Whether a collector is on that looks at processes or at their network namespaces.</summary>
    internal bool LooksAtProcesses => Held.Needed is not { } needed || needed.Has(CapabilitySet.SysPtrace);

    /// <summary>What there is to say where a collector has nothing to show.</summary>
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
