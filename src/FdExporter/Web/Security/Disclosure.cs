using System.Net;
using FdExporter.Model;
using FdExporter.Self;
using Microsoft.Net.Http.Headers;

namespace FdExporter.Web.Security;

/// <summary>
/// Which details of a process each client may see beyond numbers, names and kinds. All clients see what a flag allows. Clients with a
/// password or certificate see everything. So do root, the exporter's user and the user allowed to inspect the process, if they connect
/// from this machine.
/// </summary>
/// <param name="show">Visible to all clients, by flags.</param>
internal sealed class Disclosure(Details show)
{
    private readonly uint _own = LocalUser.Own;

    internal Details DetailsFor(HttpContext context, ProcessInspection inspection)
        => show == Details.All || IsAuthenticated(context) || MaySeeAll(UserOf(context), inspection) ? Details.All : show;

    /// <summary>What is missing, and how to see it; null if nothing is.</summary>
    internal string? AdviceOn(Details shown, ProcessInspection inspection)
    {
        if (shown == Details.All)
        {
            return null;
        }

        string[] missing = [.. shown.Paths ? [] : (string[])["paths"], .. shown.CommandLine ? [] : (string[])["the command line"], .. shown.Clients ? [] : (string[])["addresses of clients"]];
        string[] flags = [.. shown.Paths ? [] : (string[])["--web.show-paths"], .. shown.CommandLine ? [] : (string[])["--web.show-cmdline"], .. shown.Clients ? [] : (string[])["--web.show-clients"]];
        string user = inspection.ReadableBy is { } uid && uid != 0 && uid != _own ? FormattableString.Invariant($", as uid {uid}") : "";
        return $"Not shown: {string.Join(", ", missing)}. To see them, send the request from this machine as root{user} or as the exporter's user; or use a password or client certificate (--web.config.file); or start the exporter with {string.Join(", ", flags)}, which shows them to all clients.";
    }

    private bool MaySeeAll(uint? user, ProcessInspection inspection) => user is { } uid && (uid == 0 || uid == _own || uid == inspection.ReadableBy);

    private static bool IsAuthenticated(HttpContext context)
        => context.Features.Get<Authenticated>() is not null || context.Features.Get<TlsAttempt>() is { IsCertified: true };

    private static uint? UserOf(HttpContext context)
        => IsLocal(context) ? LocalUser.OfConnection(
            new IPEndPoint(context.Connection.RemoteIpAddress!, context.Connection.RemotePort),
            new IPEndPoint(context.Connection.LocalIpAddress!, context.Connection.LocalPort))
            : null;

    // Two kinds of requests come from this machine but not from a local user. One is forwarded by a proxy, as its headers show. The other
    // is sent by a local browser for a foreign web page whose DNS name points here (DNS rebinding); its Host is that name.
    internal static bool IsLocal(HttpContext context)
    {
        ConnectionInfo connection = context.Connection;
        IHeaderDictionary headers = context.Request.Headers;
        return connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)
            && connection.LocalIpAddress is { } local && IPAddress.IsLoopback(local)
            && !headers.ContainsKey("Forwarded") && !headers.ContainsKey("X-Forwarded-For") && !headers.ContainsKey("X-Real-IP")
            && !headers.ContainsKey(HeaderNames.Via)
            && IsLoopbackName(context.Request.Host.Host);
    }

    private static bool IsLoopbackName(string host)
        => host == "localhost" || (IPAddress.TryParse(host is ['[', .., ']'] ? host[1..^1] : host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>Feature of a request with the correct password.</summary>
    internal sealed class Authenticated;
}
