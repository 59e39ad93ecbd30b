using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FdExporter.Web.Serving;

/// <summary>
/// How much of the exporter one client may take, each limit for its reason: Kestrel's own are made for sites that people send
/// files to, not for something that has a few clients, all of them asking short questions.
/// </summary>
internal static class ServerLimits
{
    /// <summary>A client that has connected asks within this time; who does not is sent away.</summary>
    internal static readonly TimeSpan FirstRequest = TimeSpan.FromSeconds(10);

    /// <summary>What the kernel holds for one reader: a whole answer of most machines, when it is compressed.</summary>
    internal const int SendBuffer = 64 * 1024;

    /// <summary>Each is a descriptor and some memory, and half of what a soft limit of 1024 leaves.</summary>
    /// <param name="maxRequests">Scrapes at once, of one client address.</param>
    internal static int MostConnections(int maxRequests) => (int)Math.Clamp(2L * maxRequests, 512, int.MaxValue);

    internal static void Set(KestrelServerLimits limits)
    {
        // Nobody is upgraded to another protocol.
        limits.MaxConcurrentUpgradedConnections = 0;

        // Longer than the usual interval between scrapes, a minute, so that Prometheus goes on with its connection.
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);

        // A request that has begun is there at once, or its sender is broken or means no good.
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);

        // A browser behind proxies sends thirty. Cookies of all that is served on this name may be among them, so long ones stay.
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestHeadersTotalSize = 32 * 1024;

        // All collectors by name are 80 bytes, a filter on the page is 200 characters.
        limits.MaxRequestLineSize = 4 * 1024;

        // Nothing is read ahead of the request that is being answered but its own headers.
        limits.MaxRequestBufferSize = 48 * 1024;

        // Nobody has anything to send: a reload is a request without a body.
        limits.MaxRequestBodySize = 0;

        // A browser asks for a page, its style, its script and its next look; each stream is some memory.
        limits.Http2.MaxStreamsPerConnection = 16;

        // A reader slower than the slowest line must not keep the text of its scrape in memory for an hour.
        limits.MinResponseDataRate = new MinDataRate(16 * 1024, TimeSpan.FromSeconds(10));
    }
}
