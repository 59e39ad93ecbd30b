using System.Globalization;
using System.Net;

namespace FdExporter.Configuration;

/// <summary>Where a browser reaches the exporter: what <c>--web.external-url</c> says, or else scheme, host name and port of the first listener.</summary>
internal static class ExternalUrl
{
    /// <param name="url">Without a slash at its end, so that a path can follow.</param>
    internal static bool TryNormalize(string text, out string url)
    {
        url = text.TrimEnd('/');
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && uri is { Query: "", Fragment: "", UserInfo: "" }
            && text.All(static c => c is > ' ' and <= '~' and not ('"' or '<' or '>' or '\\'))
            && !text.Contains('?', StringComparison.Ordinal)
            && !text.Contains('#', StringComparison.Ordinal);
    }

    /// <summary>An address that was given is where it listens; on every address the name of the machine is what others call it.</summary>
    /// <param name="port">The kernel's choice where the flag says 0.</param>
    internal static string OfListener(ListenAddress address, string scheme, int port, string machine)
    {
        string host = address.IsLocalhost ? "localhost"
            : address.Host is not { } ip || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any) ? machine
            : ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{ip}]"
            : ip.ToString();
        return string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}:{port}");
    }
}
