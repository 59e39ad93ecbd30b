using FdExporter.Linux.Files;

namespace FdExporter.Evidence;

/// <summary>
/// Where evidence is kept: so many files at the most, each there as a whole or not at all. The folder is made if only it is
/// missing. Every method throws <see cref="IOException"/> when it cannot, and <see cref="TimeoutException"/> when the disk does not answer.
/// </summary>
/// <param name="thread">That works in it; nobody else's.</param>
internal sealed class EvidenceFolder(string path, int maxFiles, FileThread thread)
{
    private readonly string _path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>Removes what an earlier exporter left half written, and finds out whether a file can be made here.</summary>
    internal void Prepare() => Use(() => OwnFolder.OpenOrMake(_path), static folder =>
    {
        foreach (string name in folder.Names().Where(EvidenceName.IsLeftover))
        {
            folder.Delete(name);
        }

        ProbeWritable(folder);
        return true;
    });

    /// <summary>Finds out whether a file can be made here, or the folder itself, and leaves nothing behind.</summary>
    /// <returns>Whether the folder is there.</returns>
    internal bool ProbeWritable() => thread.Run(() =>
    {
        bool isThere = Path.Exists(_path);
        using OwnFolder folder = isThere ? OwnFolder.Open(_path) : OwnFolder.OpenParent(Path.GetDirectoryName(_path) ?? _path);
        ProbeWritable(folder);
        return isThere;
    });

    /// <summary>
    /// Writes a file, or replaces it: two of one name are of one process, one rule and one second. It is on the disk before
    /// it gets its name, and whatever makes room for it is there until then.
    /// </summary>
    /// <returns>False where all others are more important, see <see cref="EvidenceRoom"/>; then nothing is written.</returns>
    internal bool TryWrite(string name, byte[] content) => Use(() => OwnFolder.OpenOrMake(_path), folder =>
    {
        List<EvidenceRoom.Kept> kept = [.. folder.Names().Where(EvidenceName.IsOurs).Select(each => EvidenceRoom.Kept.Of(each, folder.ReadHead(each, EvidenceRoom.HeadLength)))];
        while (kept.Count > maxFiles)
        {
            // That could not be removed last time: else there would be ever more of them.
            Remove(folder, kept, EvidenceRoom.FirstToGo(kept, maxFiles));
        }

        EvidenceRoom.Kept added = EvidenceRoom.Kept.Of(name, content);
        kept.RemoveAll(file => file.Name == name);
        kept.Add(added);
        EvidenceRoom.Kept? first = kept.Count > maxFiles ? EvidenceRoom.FirstToGo(kept, maxFiles, added) : null;
        if (first == added)
        {
            return false;
        }

        Write(folder, name, content);
        if (first is not null)
        {
            Remove(folder, kept, first);
        }

        return true;
    });

    private static void Write(OwnFolder folder, string name, byte[] content)
    {
        string temporary = EvidenceName.TemporaryOf(name);
        try
        {
            folder.Create(temporary, content);
            folder.Rename(temporary, name);
        }
        catch (IOException)
        {
            Discard(folder, temporary);
            throw;
        }
    }

    private static void Discard(OwnFolder folder, string name)
    {
        try
        {
            folder.Delete(name);
        }
        catch (IOException)
        {
            // What it could not be written for is told; the next start removes it.
        }
    }

    private static void Remove(OwnFolder folder, List<EvidenceRoom.Kept> kept, EvidenceRoom.Kept file)
    {
        folder.Delete(file.Name);
        kept.Remove(file);
    }

    private static void ProbeWritable(OwnFolder folder)
    {
        folder.Create(EvidenceName.Probe, []);
        folder.Delete(EvidenceName.Probe);
    }

    private T Use<T>(Func<OwnFolder> open, Func<OwnFolder, T> work) => thread.Run(() =>
    {
        using OwnFolder folder = open();
        return work(folder);
    });
}
