using System.Net;
using Microsoft.Net.Http.Headers;

namespace FdExporter.Web;

/// <summary>
/// What may be told of a process beyond numbers and names. Command lines hold secrets and are shown only where a flag says
/// so; paths of open files also to whoever sits at the machine itself.
/// </summary>
internal sealed class Disclosure(bool showCommandLines, bool showPaths)
{
    internal bool ShowsCommandLines { get; } = showCommandLines;

    internal bool ShowsPathsTo(HttpContext context) => showPaths || IsLocal(context);

    // A request that a proxy passed on comes from here too, and so does one that a page of somebody else's made a browser
    // here send to a name which it had made to point here. The first says so, the second names another host.
    private static bool IsLocal(HttpContext context)
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
}
