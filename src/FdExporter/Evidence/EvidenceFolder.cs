using FdExporter.Linux.Files;

namespace FdExporter.Evidence;

/// <summary>
/// The folder of the evidence: a limited number of files, each written completely or not at all. The folder is created if its parent
/// exists. Every method throws <see cref="IOException"/> on errors and <see cref="TimeoutException"/> when the disk does not answer.
/// </summary>
/// <param name="thread">The thread that accesses it; used for nothing else.</param>
internal sealed class EvidenceFolder(string path, int maxFiles, FileThread thread)
{
    private readonly string _path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>Removes unfinished files of an earlier exporter, and checks that files can be created.</summary>
    internal void Prepare() => Use(() => OwnFolder.OpenOrMake(_path), static folder =>
    {
        foreach (string name in folder.Names().Where(EvidenceName.IsLeftover))
        {
            folder.Delete(name);
        }

        ProbeWritable(folder);
        return true;
    });

    /// <summary>Checks that files, or the folder itself, can be created; leaves nothing behind.</summary>
    /// <returns>Whether the folder exists.</returns>
    internal bool ProbeWritable() => thread.Run(() =>
    {
        bool isThere = Path.Exists(_path);
        using OwnFolder folder = isThere ? OwnFolder.Open(_path) : OwnFolder.OpenParent(Path.GetDirectoryName(_path) ?? _path);
        ProbeWritable(folder);
        return isThere;
    });

    /// <summary>
    /// Writes or replaces a file: two with the same name are of one process, one rule and one second. It is on the disk before it gets
    /// its name; only then another file is removed to make room.
    /// </summary>
    /// <returns>False where all others are more important (see <see cref="EvidenceRoom"/>) and nothing was written.</returns>
    internal bool TryWrite(string name, byte[] content) => Use(() => OwnFolder.OpenOrMake(_path), folder =>
    {
        List<EvidenceRoom.Kept> kept = [.. folder.Names().Where(EvidenceName.IsOurs).Select(each => EvidenceRoom.Kept.Of(each, folder.ReadHead(each, EvidenceRoom.HeadLength)))];
        while (kept.Count > maxFiles)
        {
            // Files that could not be removed last time would add up.
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
            // The error of the write is reported; the next start removes the file.
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
