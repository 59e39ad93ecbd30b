using System.Net;
using System.Net.Sockets;
using FdExporter.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace FdExporter.Cli.Checks;

/// <summary>
/// Listens on all addresses at once, as the server does, and closes them again. So addresses that conflict with each other are
/// found too.
/// </summary>
internal static class ListenCheck
{
    internal static IReadOnlyList<CheckItem> Run(CheckedHost host)
    {
        if (host.Options.SystemdSocket)
        {
            return [new CheckItem("listen", CheckStatus.Ok, "on the sockets passed by systemd")];
        }

        List<Socket> sockets = [];
        try
        {
            return [.. host.Options.ListenAddresses.Select(address => ItemOf(address, TryListen(address, sockets)))];
        }
        finally
        {
            sockets.ForEach(static socket => socket.Dispose());
        }
    }

    private static CheckItem ItemOf(ListenAddress address, SocketException? problem)
    {
        (CheckStatus status, string found, string advice) = problem switch
        {
            null => (CheckStatus.Ok, $"{address.Text} is available", ""),
            { SocketErrorCode: SocketError.AddressAlreadyInUse } => (
                CheckStatus.Fail,
                $"{address.Text}: address already in use",
                FormattableString.Invariant($"ss -ltnp 'sport = :{address.Port}' shows the process that listens there. ")
                    + "Use another address (--web.listen-address). "
                    + "If that process is this exporter, check the rest with --web.listen-address=:0."),
            { SocketErrorCode: SocketError.AccessDenied } => (
                CheckStatus.Fail,
                $"{address.Text}: {problem.Message}",
                "Ports below 1024 require CAP_NET_BIND_SERVICE.\nsystemd: AmbientCapabilities=CAP_NET_BIND_SERVICE"),
            _ => (CheckStatus.Fail, $"{address.Text}: {problem.Message}", "Set --web.listen-address to an address of this machine."),
        };
        return new CheckItem("listen", status, found) { Advice = advice, Facts = { ["address"] = address.Text } };
    }

    // One address family is enough, unless another process uses the other.
    private static SocketException? TryListen(ListenAddress address, List<Socket> sockets)
    {
        if (address.Host is { } host)
        {
            return TryListen(host, address.Port, sockets);
        }

        SocketException? ipv6 = TryListen(address.IsLocalhost ? IPAddress.IPv6Loopback : IPAddress.IPv6Any, address.Port, sockets);
        if (IsInUse(ipv6) || (ipv6 is null && !address.IsLocalhost))
        {
            return ipv6;
        }

        SocketException? ipv4 = TryListen(address.IsLocalhost ? IPAddress.Loopback : IPAddress.Any, address.Port, sockets);
        return ipv6 is null && !IsInUse(ipv4) ? null : ipv4;
    }

    private static SocketException? TryListen(IPAddress address, int port, List<Socket> sockets)
    {
        try
        {
            // The same socket as Kestrel's; for the unspecified address it serves both families.
            Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(address, port));
            sockets.Add(socket);
            socket.Listen();
            return null;
        }
        catch (SocketException exception)
        {
            return exception;
        }
    }

    private static bool IsInUse(SocketException? problem) => problem?.SocketErrorCode == SocketError.AddressAlreadyInUse;
}
