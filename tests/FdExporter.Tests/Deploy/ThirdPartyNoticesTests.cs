using System.Text.Json;
using System.Xml.Linq;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Deploy;

/// <summary>THIRD-PARTY-NOTICES, which deploy/third-party-notices writes.</summary>
public class ThirdPartyNoticesTests
{
    private static readonly string[] s_lines = File.ReadAllLines(Path.Combine(Repository.Root, "THIRD-PARTY-NOTICES"));

    public static TheoryData<string, string> Packages { get; } = ReadPackages();

    [Theory]
    [MemberData(nameof(Packages))]
    public void EachPackageOfTheProgram_IsNamed_WithItsVersion(string package, string version)
        => Assert.Contains($"  {package} {version} (MIT)", s_lines);

    [Theory]
    [MemberData(nameof(Packages))]
    public void EachPackageThatIsCompiledIn_HasItsCopyright(string package, string version)
    {
        if (!package.StartsWith("Microsoft.", StringComparison.Ordinal))
        {
            int heading = Array.IndexOf(s_lines, $"{package} {version}");
            Assert.InRange(heading, 1, s_lines.Length);
            Assert.StartsWith("Copyright (c) ", s_lines[heading + 3], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Runtime_IsThatOfTheLockFiles()
    {
        string version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("LockedNETCoreAppVersion").Single().Value;
        Assert.Contains($".NET runtime {version}: third-party notices", s_lines);
        Assert.Contains($"ASP.NET Core {version}: third-party notices", s_lines);
    }

    private static TheoryData<string, string> ReadPackages()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "src", "FdExporter", "packages.linux-x64.lock.json")));
        return new(document.RootElement.GetProperty("dependencies").GetProperty("net10.0").EnumerateObject()
            .Where(static package => package.Value.GetProperty("type").GetString() != "Project")
            .Select(static package => (package.Name, package.Value.GetProperty("resolved").GetString()!)));
    }
}
