using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>How the settings of this repository and tests/audit react to an advisory about a package.</summary>
public sealed class AuditTests : IDisposable
{
    private const string Old = "Newtonsoft.Json";
    private const string Ours = "Ours";
    private static readonly (string, string)[] s_packages = [(Old, "12.0.1"), (Ours, "1.0.0")];
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Advisory_IsAWarningOfTheBuild_AndAFailureOfTheAudit()
    {
        await using PackageFeed feed = new(s_packages, [Old, Ours]);
        MakeProject(feed);
        (int exitCode, string output) = await RunAsync("dotnet", "msbuild", "-t:Restore", "-nologo", "-v:minimal", "App.csproj");
        Assert.True(exitCode == 0, output);
        Assert.Contains("warning NU1903: Package 'Ours' 1.0.0", output, StringComparison.Ordinal);
        (exitCode, output) = await RunAsync("tests/audit", "App.csproj");
        Assert.True(exitCode == 1, output);
        Assert.Contains("error NU1903: Warning As Error: Package 'Ours' 1.0.0", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAdvisory_TheAuditPasses()
    {
        await using PackageFeed feed = new(s_packages, [Old]);
        MakeProject(feed);
        await RunAsync("dotnet", "msbuild", "-t:Restore", "-nologo", "App.csproj");
        (int exitCode, string output) = await RunAsync("tests/audit", "App.csproj");
        Assert.True((exitCode, output) == (0, "no package is known to be vulnerable\n"), output);
    }

    [Fact]
    public async Task SourceThatKnowsNoAdvisories_IsNoPassedAudit()
    {
        await using PackageFeed feed = new(s_packages, null);
        MakeProject(feed);
        await RunAsync("dotnet", "msbuild", "-t:Restore", "-nologo", "App.csproj");
        (int exitCode, string output) = await RunAsync("tests/audit", "App.csproj");
        Assert.Equal((1, "tests/audit: not done: no source of packages told of the advisory of Newtonsoft.Json 12.0.1\n"), (exitCode, output));
    }

    [Fact]
    public async Task OtherPackagesThanLocked_AreAnErrorInCiAlone()
    {
        await using PackageFeed feed = new([(Ours, "1.0.0"), (Old, "12.0.1")], []);
        MakeProject(feed);
        string[] restore = ["dotnet", "msbuild", "-t:Restore", "-nologo", "-v:minimal", "App.csproj"];
        string[] inCi = [.. restore, "-p:ContinuousIntegrationBuild=true"];
        Assert.Equal(0, (await RunAsync(restore)).ExitCode);
        Assert.Equal(0, (await RunAsync(inCi)).ExitCode);
        string project = Path.Combine(_folder, "App.csproj");
        File.WriteAllText(project, File.ReadAllText(project).Replace("</ItemGroup>", $"<PackageReference Include=\"{Old}\" Version=\"12.0.1\" /></ItemGroup>", StringComparison.Ordinal));
        (int exitCode, string output) = await RunAsync(inCi);
        Assert.True(exitCode == 1 && output.Contains("error NU1004", StringComparison.Ordinal), output);
        Assert.Equal(0, (await RunAsync(restore)).ExitCode);
        Assert.Equal(0, (await RunAsync(inCi)).ExitCode);
    }

    /// <summary>A project with this repository's settings and one package from the local feed.</summary>
    private void MakeProject(PackageFeed feed)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "tests"));
        foreach (string file in new[] { "Directory.Build.props", "Directory.Build.targets", "tests/audit" })
        {
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(_folder, file));
        }

        File.WriteAllText(
            Path.Combine(_folder, "App.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup><PackageReference Include="{Ours}" Version="1.0.0" /></ItemGroup>
            </Project>
            """);
        File.WriteAllText(
            Path.Combine(_folder, "nuget.config"),
            $"""
            <configuration>
              <packageSources><clear /><add key="feed" value="{feed.Index}" allowInsecureConnections="true" /></packageSources>
              <auditSources><clear /></auditSources>
            </configuration>
            """);
    }

    private async Task<(int ExitCode, string Output)> RunAsync(params string[] command)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(
            "env", null, ["-C", _folder, "CI=", "no_proxy=127.0.0.1", "NO_PROXY=127.0.0.1", "DOTNET_CLI_UI_LANGUAGE=en", "DOTNET_NOLOGO=1",
            $"NUGET_PACKAGES={_folder}/packages", $"NUGET_HTTP_CACHE_PATH={_folder}/cache", .. command]);
        return (exitCode, output + error);
    }
}
