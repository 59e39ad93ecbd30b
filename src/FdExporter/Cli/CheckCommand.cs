using FdExporter.Cli.Checks;
using FdExporter.Cli.Terminals;
using FdExporter.Configuration;
using FdExporter.Self;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter check</c>: what can be read and served with these flags as this user, and which rights are missing.</summary>
internal static class CheckCommand
{
    /// <returns>0 if everything can be read and served; otherwise 1.</returns>
    internal static int Run(ExporterOptions options, bool json)
    {
        using CheckedHost host = new(options, LeastPrivilege.Apply(options));
        IReadOnlyList<CheckItem> items = Run(host);
        Output.Print(json ? CheckJson.Of(items) : CheckText.Of(items));
        return items.Any(static item => item.Status >= CheckStatus.Blind) ? 1 : 0;
    }

    /// <summary>In the order of the output: the system, what the exporter can read, whether it can serve.</summary>
    internal static IReadOnlyList<CheckItem> Run(CheckedHost host) =>
    [
        .. One(KernelCheck.Run(host)),
        .. PrivilegesCheck.Run(host),
        .. One(ProcfsCheck.Run(host)),
        .. One(PidNamespaceCheck.Run(host)),
        .. One(HandlesCheck.Run(host)),
        .. One(TcpCheck.Run(host)),
        .. One(ProcessesCheck.Run(host)),
        .. One(PodsCheck.Run(host)),
        .. One(SocketOwnersCheck.Run(host)),
        .. One(RulesCheck.Run(host)),
        .. One(EvidenceCheck.Run(host)),
        .. One(WebConfigCheck.Run(host)),
        .. ListenCheck.Run(host),
    ];

    private static IEnumerable<CheckItem> One(CheckItem? item) => item is null ? [] : [item];
}
