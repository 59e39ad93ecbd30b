using System.Globalization;
using System.Net;

namespace FdExporter.Configuration;

/// <summary>
/// A listen address in Go's spelling: <c>:10070</c> (every address, IPv4 and IPv6), <c>127.0.0.1:10070</c>,
/// <c>[::1]:10070</c>, <c>localhost:10070</c>. Brackets around IPv4 are accepted, for <c>[$(POD_IP)]:10070</c> in manifests.
/// </summary>
/// <param name="Host">Null for every address; "localhost" for both loopbacks.</param>
internal sealed record ListenAddress(string Text, IPAddress? Host, bool IsLocalhost, int Port)
{
    internal static bool TryParse(string text, out ListenAddress? address)
    {
        address = null;
        int colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return false;
        }

        string host = text[..colon];
        if (host.Length == 0)
        {
            address = new ListenAddress(text, null, false, port);
            return true;
        }

        if (host == "localhost")
        {
            if (port == 0)
            {
                // Two sockets: the kernel would choose two different ports.
                return false;
            }

            address = new ListenAddress(text, null, true, port);
            return true;
        }

        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        string bare = bracketed ? host[1..^1] : host;
        if ((bare.Contains(':', StringComparison.Ordinal) && !bracketed) || !IPAddress.TryParse(bare, out IPAddress? ip))
        {
            return false;
        }

        address = new ListenAddress(text, ip, false, port);
        return true;
    }
}
