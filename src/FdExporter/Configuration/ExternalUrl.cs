using System.Globalization;
using System.Net;

namespace FdExporter.Configuration;

/// <summary>
/// The URL of the exporter for browsers: the value of <c>--web.external-url</c>, or else scheme, host name and port of the first listener.
/// </summary>
internal static class ExternalUrl
{
    /// <param name="url">Without a trailing slash, so that a path can be appended.</param>
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

    /// <summary>Uses the listen address if one is given; the machine's name if the exporter listens on every address.</summary>
    /// <param name="port">The actual port: the kernel chooses one if the flag is 0.</param>
    internal static string OfListener(ListenAddress address, string scheme, int port, string machine)
    {
        string host = address.IsLocalhost ? "localhost"
            : address.Host is not { } ip || ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any) ? machine
            : ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{ip}]"
            : ip.ToString();
        return string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}:{port}");
    }
}
