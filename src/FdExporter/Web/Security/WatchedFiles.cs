using FdExporter.Configuration;
using FdExporter.Linux.Files;

namespace FdExporter.Web.Security;

/// <summary>
/// The files of a configuration with their contents at load time. Contents are compared, not times: a secret may be replaced by a link, by
/// a copy that keeps the time, or twice within one tick of the clock.
/// </summary>
/// <param name="thread">Reads the files.</param>
internal sealed class WatchedFiles(FileThread thread)
{
    private readonly Dictionary<string, byte[]?> _seen = new(StringComparer.Ordinal);
    private readonly List<string> _doubts = [];

    /// <summary>The files that others can change, and how; one sentence each.</summary>
    internal IReadOnlyList<string> Doubts => _doubts;

    /// <exception cref="ConfigException">It cannot be read. It is watched nevertheless.</exception>
    internal byte[] Read(string path)
    {
        _seen[path] = null;
        RegularFile file = ConfigFile.Read(path, thread);
        _seen[path] = file.Bytes;
        if (file.Doubt is { } doubt)
        {
            _doubts.Add($"{path} {doubt}");
        }

        return file.Bytes;
    }

    /// <exception cref="ConfigException">One of them does not answer.</exception>
    internal bool HaveChanged() => _seen.Any(each => !IsSame(each.Key, each.Value));

    private bool IsSame(string path, byte[]? seen)
    {
        try
        {
            return seen is not null && ConfigFile.Read(path, thread).Bytes.AsSpan().SequenceEqual(seen);
        }
        catch (ConfigException exception) when (!exception.IsUnanswered)
        {
            return seen is null;
        }
    }
}
