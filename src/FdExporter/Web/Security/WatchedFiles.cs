using FdExporter.Configuration;

namespace FdExporter.Web.Security;

/// <summary>
/// The files that a configuration is made of, as they were when it was. Their contents are compared, not their times: a secret
/// may be swapped by a link, by a copy that keeps the time, or twice in a moment.
/// </summary>
internal sealed class WatchedFiles
{
    private readonly Dictionary<string, byte[]?> _seen = new(StringComparer.Ordinal);

    /// <exception cref="ConfigException">It cannot be read; it is watched all the same.</exception>
    internal byte[] Read(string path)
    {
        _seen[path] = null;
        byte[] bytes = ConfigFile.ReadBytes(path);
        _seen[path] = bytes;
        return bytes;
    }

    internal bool HaveChanged()
    {
        foreach ((string path, byte[]? seen) in _seen)
        {
            byte[]? now = null;
            try
            {
                now = ConfigFile.ReadBytes(path);
            }
            catch (ConfigException)
            {
            }

            if (now is null != seen is null || !now.AsSpan().SequenceEqual(seen))
            {
                return true;
            }
        }

        return false;
    }
}
