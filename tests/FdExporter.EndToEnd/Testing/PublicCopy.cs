namespace FdExporter.EndToEnd.Testing;

/// <summary>A copy of the exporter that every user may run: other users may have no access to the checkout.</summary>
internal sealed class PublicCopy : IDisposable
{
    internal string Folder { get; } = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    internal string Binary => Path.Combine(Folder, "bin", Path.GetFileName(Exporter.Binary));

    internal async Task MakeAsync()
    {
        (int exitCode, _, string error) = await Child.RunAsync(
            "sh", null, "-c", $"cp -r '{Path.GetDirectoryName(Exporter.Binary)}' '{Folder}/bin' && chmod -R a+rX '{Folder}'");
        Assert.True(exitCode == 0, error);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
