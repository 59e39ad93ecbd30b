using System.Text.RegularExpressions;
using System.Xml.Linq;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Deploy;

/// <summary>Checks of the Dockerfiles without building them. <c>tests/container</c> builds and runs them.</summary>
public partial class DockerfileTests
{
    private static readonly (string Word, string Text)[] s_exporter = Read("Dockerfile");

    public static TheoryData<string> Files { get; } = ["Dockerfile", "tests/LeakLab/Dockerfile"];

    [Theory]
    [MemberData(nameof(Files))]
    public void File_NeedsNothingThatBuildah128DoesNotKnow(string file)
    {
        Assert.DoesNotContain("<<", File.ReadAllText(Path.Combine(Repository.Root, file)), StringComparison.Ordinal);
        Assert.DoesNotContain(Read(file), static each => each.Text.Contains("--link", StringComparison.Ordinal) || each.Text.Contains("--mount", StringComparison.Ordinal));
    }

    /// <summary>
    /// The compiler runs on the machine's own platform, and the stage of the target platform runs nothing: an emulator may be missing.
    /// </summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void OtherArchitecture_IsCompiledAcross(string file)
    {
        (string Word, string Text)[] instructions = Read(file);
        int last = Array.FindLastIndex(instructions, static each => each.Word == "FROM");
        Assert.StartsWith("--platform=$BUILDPLATFORM ", instructions.First(static each => each.Word == "FROM").Text, StringComparison.Ordinal);
        Assert.StartsWith("--platform=$TARGETPLATFORM ", instructions[last].Text, StringComparison.Ordinal);
        Assert.DoesNotContain(instructions[last..], static each => each.Word == "RUN");
        Assert.Contains(instructions[..last], static each => each.Word == "RUN" && each.Text.Contains("TARGETARCH", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void EachImage_IsOfTheFrameworkThatIsUsed(string file)
    {
        string framework = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("TargetFramework").Single().Value;
        Assert.All(
            Read(file).Where(static each => each.Word == "FROM"),
            each => Assert.Matches($@"mcr\.microsoft\.com/dotnet/[a-z-]+:{framework["net".Length..]}-noble(-chiseled)?( AS [a-z]+)?$", each.Text));
    }

    /// <summary>One publishing procedure for all releases.</summary>
    [Fact]
    public void Exporter_IsBuiltByTheReleaseScript()
    {
        Assert.Contains("deploy/build-release --arch", Assert.Single(s_exporter, static each => each.Word == "RUN").Text, StringComparison.Ordinal);
        Assert.DoesNotContain(s_exporter, static each => each.Text.Contains("dotnet publish", StringComparison.Ordinal));
    }

    [Fact]
    public void Image_HoldsTheLicences()
        => Assert.Contains(s_exporter, static each => each is { Word: "COPY", Text: "LICENSE THIRD-PARTY-NOTICES /usr/share/doc/fd-exporter/" });

    [Fact]
    public void Version_IsThatOfTheBuild()
    {
        string version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;
        string[] stated = [.. s_exporter.Where(static each => each.Word == "ARG" && each.Text.StartsWith("VERSION", StringComparison.Ordinal)).Select(static each => each.Text)];
        Assert.Equal([$"VERSION={version}", $"VERSION={version}"], stated);
    }

    [Fact]
    public void Label_SaysWhatItIs()
    {
        string labels = s_exporter.Single(static each => each.Word == "LABEL").Text;
        foreach (string name in (string[])["title", "description", "licenses", "vendor", "version", "revision"])
        {
            Assert.Matches($@"org\.opencontainers\.image\.{name}=""[^""]+""", labels);
        }
    }

    [Fact]
    public void Container_StartsTheServer_AsRoot_AndIsAskedWhetherItLives()
    {
        Assert.Equal("0:0", Last("USER"));
        Assert.Equal("10070", Last("EXPOSE"));
        Assert.Equal("""["/usr/bin/fd-exporter"]""", Last("ENTRYPOINT"));
        Assert.EndsWith("""CMD ["/usr/bin/fd-exporter", "healthcheck"]""", Last("HEALTHCHECK"), StringComparison.Ordinal);
    }

    /// <summary>The build context has all that the build reads, and no earlier build output.</summary>
    [Fact]
    public void Context_IsWhatTheBuildReads()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore"));
        Assert.Contains("*", lines);
        Assert.Equal(["**/bin", "**/obj"], lines[^2..]);
        string[] taken = [.. lines.Where(static line => line.StartsWith('!')).Select(static line => line[1..])];
        Assert.All(taken, static path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
        string[] settings = [.. Directory.GetFiles(Repository.Root, "Directory.*").Select(static file => Path.GetFileName(file)!), "global.json", ".editorconfig"];
        Assert.Empty(settings.Except(taken));
    }

    private static string Last(string word) => s_exporter.Last(each => each.Word == word).Text;

    /// <summary>Instructions, with continued lines joined.</summary>
    private static (string Word, string Text)[] Read(string file)
        => [.. Continuation().Replace(File.ReadAllText(Path.Combine(Repository.Root, file)), " ")
            .Split('\n')
            .Where(static line => line.Length > 0 && line[0] != '#')
            .Select(static line => line.Split(' ', 2))
            .Select(static words => (words[0], words[1]))];

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continuation();
}
