using FdExporter.Diagnosis;

namespace FdExporter.Evidence;

/// <summary>
/// Where evidence is kept: so many files at the most, each there as a whole or not at all. The folder is made if only it is
/// missing. Every method throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when it cannot.
/// </summary>
internal sealed class EvidenceFolder(string path, int maxFiles)
{
    /// <summary>Unit: bytes.</summary>
    private const int HeadLength = 4096;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Removes what an earlier exporter left half written, and finds out whether a file can be made here.</summary>
    internal void Prepare()
    {
        Make();
        foreach (string name in NamesOf(EvidenceName.IsLeftover))
        {
            File.Delete(PathOf(name));
        }

        TryOut();
    }

    /// <summary>Finds out whether a file can be made here, and leaves nothing behind.</summary>
    internal void TryOut()
    {
        Create(EvidenceName.Probe).Dispose();
        File.Delete(PathOf(EvidenceName.Probe));
    }

    /// <summary>
    /// Writes a file, or replaces it: two of one name are of one process, one rule and one second. It is on the disk before
    /// it gets its name. The name itself is not: .NET cannot fsync a folder. So after a power failure the last file may be
    /// missing, but no file is ever half there.
    /// </summary>
    internal void Write(string name, ReadOnlySpan<byte> content)
    {
        Make();

        // If none could be removed last time there would be ever more of them.
        MakeRoom();
        string temporary = EvidenceName.TemporaryOf(name);
        FileStream file = Create(temporary);
        try
        {
            using (file)
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(PathOf(temporary), PathOf(name), overwrite: true);
        }
        catch
        {
            Discard(temporary);
            throw;
        }
    }

    /// <summary>Removes files of ours until no more are left than there may be; see <see cref="EvidenceRoom"/> for which.</summary>
    /// <param name="spared">One that stays, also where the clock was wrong and others say that they are of a later time.</param>
    internal void MakeRoom(string? spared = null)
    {
        List<EvidenceRoom.Kept> kept = KeptFiles();
        while (kept.Count > maxFiles && EvidenceRoom.FirstToGo(kept, spared) is { } first)
        {
            File.Delete(PathOf(first.Name));
            kept.Remove(first);
        }
    }

    /// <summary>Whether a file about this may be added: what is less severe drives out nothing that is more.</summary>
    internal bool HasRoomFor(Severity severity)
        => !Directory.Exists(path) || (KeptFiles() is var kept && (kept.Count < maxFiles || kept.Exists(file => file.Severity >= severity)));

    private List<EvidenceRoom.Kept> KeptFiles()
        => [.. NamesOf(EvidenceName.IsOurs).Order(StringComparer.Ordinal).Select(name => new EvidenceRoom.Kept(name, EvidenceRoom.SeverityOf(HeadOf(name))))];

    /// <summary>Where the first finding is. Empty where it cannot be read: then it is the first to go.</summary>
    private byte[] HeadOf(string name)
    {
        byte[] head = new byte[HeadLength];
        try
        {
            using FileStream file = new(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private IEnumerable<string> NamesOf(Func<string, bool> isWanted) => [.. Directory.EnumerateFiles(path).Select(static file => Path.GetFileName(file)).Where(isWanted)];

    private string PathOf(string name) => Path.Combine(path, name);

    private void Make()
    {
        if (Directory.Exists(path))
        {
            return;
        }

        // A whole path that is not there is a mistake, or a disk that is not mounted.
        string? parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        if (!Directory.Exists(parent))
        {
            throw new DirectoryNotFoundException($"Neither '{path}' is a folder nor '{parent}'.");
        }

        Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
    }

    // Never through a link that somebody laid there: the name must be a new one.
    private FileStream Create(string name) => new(PathOf(name), new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        BufferSize = 0,
        UnixCreateMode = OwnerOnly,
    });

    private void Discard(string name)
    {
        try
        {
            File.Delete(PathOf(name));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What it could not be written for is told; the next start removes it.
        }
    }
}
