using System.Text;

namespace FdExporter.Web.Security;

/// <summary>The Authorization header with scheme Basic, in UTF-8. Source: RFC 7617.</summary>
internal readonly record struct BasicCredentials(string User, string Password)
{
    private const string Scheme = "Basic ";

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Basic cHJvbWV0aGV1czpzZWNyZXQ=
    internal static bool TryParse(string header, out BasicCredentials credentials)
    {
        credentials = default;
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        byte[] bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[Scheme.Length..], bytes, out int length))
        {
            return false;
        }

        string text;
        try
        {
            text = s_utf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        credentials = colon < 0 ? default : new BasicCredentials(text[..colon], text[(colon + 1)..]);
        return colon >= 0;
    }
}
