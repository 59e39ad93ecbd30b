namespace FdExporter.Tests.Testing;

/// <summary>
/// A copy of the captured host that a test may change between scans. A captured descriptor is a plain file that contains the
/// target of the link; here it is that link, as in the kernel.
/// </summary>
internal sealed class FixtureHost : IDisposable
{
    internal FixtureHost() => Copy(new DirectoryInfo(Path.Combine(Repository.Fixtures, "host")), Root);

    internal string Root { get; } = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    internal string PathOf(string file) => Path.Combine(Root, file);

    internal void Write(string file, string text) => File.WriteAllText(PathOf(file), text);

    internal void Replace(string file, string old, string with)
    {
        string text = File.ReadAllText(PathOf(file), System.Text.Encoding.Latin1);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(PathOf(file), text.Replace(old, with, StringComparison.Ordinal), System.Text.Encoding.Latin1);
    }

    /// <summary>Another process, a copy of this one.</summary>
    internal void Clone(string pid, string newPid)
        => Copy(new DirectoryInfo(Path.Combine(Repository.Fixtures, "host", pid)), PathOf(newPid));

    internal void Delete(string fileOrFolder)
    {
        if (Directory.Exists(PathOf(fileOrFolder)))
        {
            Directory.Delete(PathOf(fileOrFolder), recursive: true);
        }
        else
        {
            File.Delete(PathOf(fileOrFolder));
        }
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (DirectoryInfo folder in from.EnumerateDirectories())
        {
            Copy(folder, Path.Combine(to, folder.Name));
        }

        foreach (FileInfo file in from.EnumerateFiles())
        {
            string target = Path.Combine(to, file.Name);
            if (from.Name == "fd")
            {
                File.CreateSymbolicLink(target, File.ReadAllText(file.FullName));
            }
            else
            {
                file.CopyTo(target);
            }
        }
    }
}
