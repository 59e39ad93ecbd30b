using System.IO.Compression;
using System.Net;
using System.Text;

namespace FdExporter.EndToEnd.Testing;

/// <summary>A NuGet package source with empty packages, with advisories or without any vulnerability data.</summary>
internal sealed class PackageFeed : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, byte[]> _files = [];
    private readonly Task _serving;

    /// <param name="packages">Id and version of each.</param>
    /// <param name="vulnerable">Ids of those with an advisory; null for a source without vulnerability data, like some mirrors.</param>
    internal PackageFeed((string Id, string Version)[] packages, string[]? vulnerable)
    {
        Uri address = new($"http://127.0.0.1:{FreePort.Find()}/");
        Index = new Uri(address, "index.json");
        string advisories = vulnerable is null ? "" : $$""", {"@id": "{{address}}advisories.json", "@type": "VulnerabilityInfo/6.7.0"}""";
        Add("index.json", $$"""{"version": "3.0.0", "resources": [{"@id": "{{address}}packages/", "@type": "PackageBaseAddress/3.0.0"}{{advisories}}]}""");
        Add("advisories.json", $$"""[{"@name": "base", "@id": "{{address}}base.json", "@updated": "2026-11-01T00:00:00Z", "comment": ""}]""");
        Add("base.json", $"{{{string.Join(", ", (vulnerable ?? []).Select(static id => $$"""
            "{{id.ToLowerInvariant()}}": [{"url": "https://example.com/advisory", "severity": 2, "versions": "(, 100.0.0)"}]
            """))}}}");
        foreach ((string id, string version) in packages)
        {
            string path = $"packages/{id.ToLowerInvariant()}";
            Add($"{path}/index.json", $$"""{"versions": ["{{version}}"]}""");
            _files.Add($"/{path}/{version}/{id.ToLowerInvariant()}.{version}.nupkg", Package(id, version));
        }

        _listener.Prefixes.Add(address.ToString());
        _listener.Start();
        _serving = ServeAsync();
    }

    internal Uri Index { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private void Add(string path, string text) => _files.Add($"/{path}", Encoding.UTF8.GetBytes(text));

    private static byte[] Package(string id, string version)
    {
        using MemoryStream file = new();
        using (ZipArchive archive = new(file, ZipArchiveMode.Create))
        {
            using StreamWriter description = new(archive.CreateEntry($"{id}.nuspec").Open());
            description.Write(
                $"""
                <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata>
                <id>{id}</id><version>{version}</version><authors>nobody</authors><description>empty</description>
                </metadata></package>
                """);
        }

        return file.ToArray();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                using HttpListenerResponse response = context.Response;
                if (_files.TryGetValue(context.Request.Url!.AbsolutePath, out byte[]? file))
                {
                    await response.OutputStream.WriteAsync(file);
                }
                else
                {
                    response.StatusCode = 404;
                }
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                // The listener was closed: the test is over.
                return;
            }
        }
    }
}
