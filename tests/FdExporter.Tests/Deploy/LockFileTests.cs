using System.Text.Json;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Deploy;

/// <summary>The packages.lock.json of each project. A restore in CI checks that they are right.</summary>
public class LockFileTests
{
    /// <summary>Created by tests/lock: one for builds of any architecture, and one for each that is published.</summary>
    [Fact]
    public void EveryProject_HasOne_AndOneForEachArchitectureThatIsPublished()
    {
        string[] published = ["FdExporter", "FdExporter.Linux", "LeakLab"];
        string[] expected = [.. Projects().SelectMany(project => published.Contains(Path.GetFileNameWithoutExtension(project))
            ? (string[])["packages.linux-arm64.lock.json", "packages.linux-x64.lock.json", "packages.lock.json"]
            : ["packages.lock.json"], static (project, file) => Path.Combine(Path.GetDirectoryName(project)!, file))];
        Assert.Equal(expected.Order(StringComparer.Ordinal), LockFiles().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryPackage_HasAHash_AndNoSourceIsNamed()
        => Assert.All(LockFiles(), static file =>
        {
            string text = File.ReadAllText(file);
            Assert.DoesNotContain("://", text, StringComparison.Ordinal);
            using JsonDocument document = JsonDocument.Parse(text);
            Assert.All(
                document.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(static framework => framework.Value.EnumerateObject()),
                static package => Assert.Equal(package.Value.GetProperty("type").GetString() != "Project", package.Value.TryGetProperty("contentHash", out _)));
        });

    private static IEnumerable<string> Projects() => Find("*.csproj");

    private static IEnumerable<string> LockFiles() => Find("packages*.lock.json");

    private static IEnumerable<string> Find(string pattern)
        => new[] { "src", "tests" }
            .SelectMany(static folder => Directory.GetDirectories(Path.Combine(Repository.Root, folder)))
            .SelectMany(folder => Directory.GetFiles(folder, pattern));
}
