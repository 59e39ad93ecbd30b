using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

[assembly: AssemblyFixture(typeof(Packages))]

namespace FdExporter.EndToEnd.Testing;

/// <summary>The packages of the release build, each built once, for the first test that needs it; compressed in a hurry.</summary>
public sealed class Packages : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private Task<string>? _deb;
    private Task<string>? _rpm;

    internal Task<string> DebAsync() => _deb ??= BuildAsync("deb", "first", ":");

    internal Task<string> RpmAsync() => _rpm ??= BuildAsync("rpm", "first", ":");

    /// <summary>Builds another one, at another time, in another folder, and with a restrictive umask.</summary>
    internal Task<string> BuildAgainAsync(string format) => BuildAsync(format, "again", "umask 077; export TZ=Asia/Tokyo LC_ALL=C");

    /// <summary>An empty folder, which is deleted afterwards.</summary>
    internal string MakeFolder(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> BuildAsync(string format, string name, string before)
    {
        string folder = Path.Combine(_folder, name);
        (int exitCode, string output, string error) = await Child.RunAsync(
            "bash", null, "-c", $"{before}; exec \"$@\"", "bash",
            Path.Combine(Repository.Root, "deploy", $"build-{format}"), "--binary", NativeBuild.Binary, "--output", folder, "--level", "1");
        Assert.True(exitCode == 0, output + error);
        return Assert.Single(Directory.GetFiles(folder, $"*.{format}"));
    }
}
