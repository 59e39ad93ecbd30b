using System.Globalization;

namespace FdExporter.Scanning.Processes;

/// <summary>Name and number of one line of a passwd file. Source: passwd(5).</summary>
internal static class PasswdEntry
{
    // payment:x:1000:1000:Payment service:/srv/payment:/usr/sbin/nologin
    internal static bool TryParse(ReadOnlySpan<byte> line, out uint uid, out ReadOnlySpan<byte> name)
    {
        uid = 0;
        name = default;
        int colon = line.IndexOf((byte)':');
        int password = colon < 0 ? -1 : line[(colon + 1)..].IndexOf((byte)':');
        if (password < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = line[(colon + password + 2)..];
        int end = rest.IndexOf((byte)':');
        if (end <= 0 || !uint.TryParse(rest[..end], CultureInfo.InvariantCulture, out uid))
        {
            return false;
        }

        name = line[..colon];
        return true;
    }
}
