using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FdExporter.Web.Serving;

/// <summary>
/// Limits on what a client can use. Kestrel's defaults suit sites with uploads; this server has few clients with short requests.
/// </summary>
internal static class ServerLimits
{
    /// <summary>Time within which a new connection must send a request; otherwise it is closed.</summary>
    internal static readonly TimeSpan FirstRequest = TimeSpan.FromSeconds(10);

    /// <summary>Kernel buffer per client: a whole compressed answer of most machines.</summary>
    internal const int SendBuffer = 64 * 1024;

    /// <summary>Each needs a descriptor and some memory; 512 is half of a soft limit of 1024.</summary>
    /// <param name="maxRequests">Concurrent scrapes per client address.</param>
    internal static int MostConnections(int maxRequests) => (int)Math.Clamp(2L * maxRequests, 512, int.MaxValue);

    internal static void Set(KestrelServerLimits limits)
    {
        // There are no protocol upgrades.
        limits.MaxConcurrentUpgradedConnections = 0;

        // Longer than the usual scrape interval, a minute, so that Prometheus can reuse its connection.
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);

        // A request normally arrives at once; a slow sender is broken or malicious.
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);

        // A browser behind proxies sends thirty. Long ones are allowed, as they may contain the cookies of all services with this host
        // name.
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestHeadersTotalSize = 32 * 1024;

        // All collectors by name are 80 bytes, a filter on the page is 200 characters.
        limits.MaxRequestLineSize = 4 * 1024;

        // Only the headers of the current request are buffered.
        limits.MaxRequestBufferSize = 48 * 1024;

        // No request has a body, not even a reload.
        limits.MaxRequestBodySize = 0;

        // A browser requests a page, its style, its script and its next update; each stream needs memory.
        limits.Http2.MaxStreamsPerConnection = 16;

        // A client slower than the slowest line must not keep its scrape in memory for an hour.
        limits.MinResponseDataRate = new MinDataRate(16 * 1024, TimeSpan.FromSeconds(10));
    }
}
