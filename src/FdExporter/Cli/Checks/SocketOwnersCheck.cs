using FdExporter.Model;

namespace FdExporter.Cli.Checks;

/// <summary>The collector <c>socket_owner</c>: how many sockets have no visible owner.</summary>
internal static class SocketOwnersCheck
{
    private const string Check = "socket_owners";
    private const string HeldElsewhere = "They are in flight over a Unix socket, or held by the kernel itself (such as NFS), by processes of another pid namespace, "
        + "or by processes to which even root has no access.";

    internal static CheckItem? Run(CheckedHost host)
    {
        if (host.Snapshot is not { } snapshot)
        {
            return null;
        }

        if (snapshot is not { Ownership: { } ownership, TcpNamespaces: { } namespaces })
        {
            return host.Missing(Check, Collectors.SocketOwner);
        }

        long unowned = ownership.Unattributed.Total;
        long all = namespaces.Sum(static each => each.Sockets.Total);
        (CheckStatus status, string advice) = unowned == 0 ? (CheckStatus.Ok, "")
            : host.Coverage.Rights.SeesOthers ? (CheckStatus.Note, HeldElsewhere)
            : (CheckStatus.Blind, host.Coverage.Advice);
        return new CheckItem(Check, status, FormattableString.Invariant($"{unowned} of {all} TCP sockets have no known owner"))
        {
            Advice = advice,
            Facts = { ["without_owner"] = unowned, ["sockets"] = all },
        };
    }
}
