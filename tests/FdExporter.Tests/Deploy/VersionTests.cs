using System.Text.RegularExpressions;
using System.Xml.Linq;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Deploy;

/// <summary>Files that are applied unchanged contain the version of the build; deploy/RELEASE.md changes them all.</summary>
public class VersionTests
{
    [Theory]
    [InlineData("deploy/kubernetes/base/kustomization.yaml", "newTag: (.+)")]
    [InlineData("deploy/helm/fd-exporter/Chart.yaml", "appVersion: (.+)")]
    public void EachFile_NamesTheVersionOfTheBuild(string file, string pattern)
    {
        string version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;
        MatchCollection named = Regex.Matches(File.ReadAllText(Path.Combine(Repository.Root, file)), pattern);
        Assert.NotEmpty(named);
        Assert.All(named, match => Assert.Equal(version, match.Groups[1].Value));
    }
}
