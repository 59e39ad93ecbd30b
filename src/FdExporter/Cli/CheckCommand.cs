using FdExporter.Cli.Checks;
using FdExporter.Configuration;
using FdExporter.Self;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter check</c>: what this user can see and serve with these flags, and what to grant to see the rest.</summary>
internal static class CheckCommand
{
    /// <returns>0 when all can be seen and served; 1 when something cannot, which the output says.</returns>
    internal static int Run(ExporterOptions options, bool json)
    {
        using CheckedHost host = new(options, LeastPrivilege.Apply(options));
        IReadOnlyList<CheckItem> items = Run(host);
        Console.Out.Write(json ? CheckJson.Of(items) : CheckText.Of(items));
        return items.Any(static item => item.Status >= CheckStatus.Blind) ? 1 : 0;
    }

    /// <summary>In the order they are shown in: what the exporter runs on, what it sees, whether it could serve.</summary>
    internal static IReadOnlyList<CheckItem> Run(CheckedHost host) =>
    [
        .. One(KernelCheck.Run(host)),
        .. PrivilegesCheck.Run(host),
        .. One(ProcfsCheck.Run(host)),
        .. One(PidNamespaceCheck.Run(host)),
        .. One(HandlesCheck.Run(host)),
        .. One(TcpCheck.Run(host)),
        .. One(ProcessesCheck.Run(host)),
        .. One(SocketOwnersCheck.Run(host)),
        .. One(RulesCheck.Run(host)),
        .. One(EvidenceCheck.Run(host)),
        .. One(WebConfigCheck.Run(host)),
        .. ListenCheck.Run(host),
    ];

    private static IEnumerable<CheckItem> One(CheckItem? item) => item is null ? [] : [item];
}
