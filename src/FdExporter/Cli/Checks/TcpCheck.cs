using FdExporter.Model;

namespace FdExporter.Cli.Checks;

/// <summary>The collector <c>tcp</c>: how the sockets of the host and of other network namespaces are read.</summary>
internal static class TcpCheck
{
    private const string Check = "tcp";

    internal static CheckItem? Run(CheckedHost host)
    {
        if (host.Snapshot is not { } snapshot)
        {
            return null;
        }

        if (snapshot.TcpNamespaces is not { } namespaces)
        {
            return host.Missing(Check, Collectors.Tcp);
        }

        string source = snapshot.Sources.Tcp;
        bool isRefused = source != "sock_diag" && host.Root!.IsKernel;
        (int others, int asText) = host.ForeignNamespaces;
        string found = $"by {source}{(isRefused && host.TcpSourceReason is { } reason ? $" ({reason})" : "")}; other network namespaces: {Others(others, asText)}{Unread(snapshot.TcpCoverage)}";
        bool isPartial = snapshot.TcpCoverage is { UnreadNamespaces: > 0 } or { UnlocatedSockets: > 0 } or { UnsearchedProcesses: > 0 };
        return new CheckItem(Check, isPartial ? CheckStatus.Blind : isRefused ? CheckStatus.Note : CheckStatus.Ok, found)
        {
            Advice = isPartial
                ? "Sockets are missing from the metrics. Grant CAP_SYS_ADMIN, CAP_NET_ADMIN and CAP_SYS_PTRACE, allow pidfd_getfd, and use the host's "
                    + "pid namespace, to read namespaces without a process."
                : isRefused
                ? "With netlink scans are faster, and the age of sockets in CLOSE_WAIT is known at once. It requires the kernel "
                    + "module tcp_diag, AF_NETLINK in systemd's RestrictAddressFamilies, and the host's network namespace or CAP_SYS_ADMIN."
                : "",
            Facts =
            {
                ["source"] = source,
                ["sockets"] = namespaces.Sum(static each => each.Sockets.Total),
                ["other_namespaces"] = others,
                ["other_namespaces_as_text"] = asText,
                ["unread_namespaces"] = snapshot.TcpCoverage?.UnreadNamespaces,
                ["unlisted_sockets"] = snapshot.TcpCoverage?.UnlistedSockets,
            },
        };
    }

    private static string Unread(TcpCoverage? coverage) => coverage switch
    {
        { UnreadNamespaces: > 0 and var unread } => FormattableString.Invariant($"; {unread} not read ({coverage.Problems[0]})"),
        { UnlocatedSockets: > 0 and var unlocated } => FormattableString.Invariant($"; {unlocated} sockets in a namespace that cannot be read"),
        { UnsearchedProcesses: > 0 and var unsearched } => FormattableString.Invariant($"; threads of {unsearched} processes not read"),
        _ => "",
    };

    private static string Others(int all, int asText) => (all, asText) switch
    {
        (0, _) => "none",
        (_, 0) => FormattableString.Invariant($"{all} by netlink"),
        _ when all == asText => FormattableString.Invariant($"{all} as text"),
        _ => FormattableString.Invariant($"{all - asText} by netlink, {asText} as text"),
    };
}
