using System.Text.Json;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The files that deploy/build-release creates beside the program.</summary>
public class ReleaseTests
{
    private static string Folder
    {
        get
        {
            string folder = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(NativeBuild.Binary)))!;
            Assert.SkipUnless(File.Exists(Path.Combine(folder, "sha256sums.txt")), "FD_EXPORTER is not in a folder of deploy/build-release");
            return folder;
        }
    }

    [Fact]
    public async Task Checksums_AreRight()
    {
        (int exitCode, string output, string error) = await Child.RunAsync("bash", null, "-c", "cd \"$1\" && sha256sum --check --strict sha256sums.txt", "bash", Folder);
        Assert.True(exitCode == 0, output + error);
        Assert.Contains(".tar.gz: OK", output, StringComparison.Ordinal);
        Assert.Contains(".cdx.json: OK", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Archive_HoldsProgram_DocumentsAndLicences()
    {
        string archive = Directory.GetFiles(Folder, "*.linux-*.tar.gz").First();
        (_, string files, _) = await Child.RunAsync("tar", null, "-tzf", archive);
        Assert.Equal(
            ["CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md", "THIRD-PARTY-NOTICES", "fd-exporter"],
            files.Split('\n').Where(static path => path.Count(static c => c == '/') == 1).Select(static path => Path.GetFileName(path))
                .Where(static name => name.Length > 0).Order(StringComparer.Ordinal));
        Assert.Contains("/deploy/docs/operations.md", files, StringComparison.Ordinal);
    }

    /// <summary>The runtime too: most advisories concern it.</summary>
    [Fact]
    public async Task BillsOfMaterials_NameEachPackageAndTheRuntime()
    {
        string[] bills = Directory.GetFiles(Folder, "*.linux-*.cdx.json");
        Assert.NotEmpty(bills);
        foreach (string bill in bills)
        {
            await CheckAsync(bill, bill.EndsWith("-arm64.cdx.json", StringComparison.Ordinal) ? "arm64" : "x64");
        }
    }

    private static async Task CheckAsync(string file, string rid)
    {
        using JsonDocument bill = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal("CycloneDX", bill.RootElement.GetProperty("bomFormat").GetString());

        using JsonDocument locked = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "FdExporter", $"packages.linux-{rid}.lock.json"), TestContext.Current.CancellationToken));
        string[] expected = [.. locked.RootElement.GetProperty("dependencies").GetProperty("net10.0").EnumerateObject()
            .Where(static package => package.Value.GetProperty("type").GetString() != "Project" && !package.Name.StartsWith("Microsoft.", StringComparison.Ordinal))
            .Select(static package => $"pkg:nuget/{package.Name}@{package.Value.GetProperty("resolved").GetString()}")];
        string[] required = [.. bill.RootElement.GetProperty("components").EnumerateArray()
            .Where(static component => component.GetProperty("scope").GetString() == "required")
            .Select(static component => component.GetProperty("purl").GetString()!)];
        Assert.Equal(expected.Order(StringComparer.OrdinalIgnoreCase), required.Where(static each => !each.StartsWith("pkg:nuget/Microsoft.", StringComparison.Ordinal)).Order(StringComparer.OrdinalIgnoreCase));

        (_, string version, _) = await Child.RunAsync(NativeBuild.Binary, null, "--version");
        string runtime = version[(version.IndexOf(".NET ", StringComparison.Ordinal) + 5)..].Trim();
        Assert.Contains($"pkg:nuget/Microsoft.NETCore.App.Runtime.NativeAOT.linux-{rid}@{runtime}", required);
        Assert.Contains($"pkg:nuget/Microsoft.AspNetCore.App.Runtime.linux-{rid}@{runtime}", required);
    }
}
