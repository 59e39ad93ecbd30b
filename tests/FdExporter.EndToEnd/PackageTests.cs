using System.Xml.Linq;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The contents of the Debian package and the RPM.</summary>
public class PackageTests(Packages packages)
{
    [Theory]
    [InlineData("deb")]
    [InlineData("rpm")]
    public async Task Package_BuiltAgain_IsTheSameBytes(string format)
    {
        string again = await packages.BuildAgainAsync(format);
        Assert.Equal(File.ReadAllBytes(await (format == "deb" ? packages.DebAsync() : packages.RpmAsync())), File.ReadAllBytes(again));
    }

    [Fact]
    public async Task Lintian_FindsNothing()
    {
        (int exitCode, string output, string error) = await Child.RunAsync(
            "lintian", null, "--allow-root", "--fail-on=error,warning", "--tag-display-limit=0", await packages.DebAsync());
        Assert.True((exitCode, output) == (0, ""), output + error);
    }

    [Fact]
    public async Task Both_HoldTheSameFiles()
    {
        string deb = await RunAsync("dpkg-deb --fsys-tarfile \"$1\" | tar -t | grep -v '/$'", await packages.DebAsync());
        string rpm = await RunAsync("rpm -qpl \"$1\"", await packages.RpmAsync());

        // Each has its own place for these, and some files that the other does not need.
        string[] own = ["/changelog", "/CHANGELOG.md", "/copyright", "/licenses/", "/THIRD-PARTY-NOTICES", "/lintian/", "/zsh/", "/systemd/system/"];
        string[] ofDeb = [.. Files(deb, own)];
        Assert.Equal(ofDeb, Files(rpm, own).Where(each => ofDeb.Contains(each) || !IsFolder(each)).ToArray());
        Assert.Contains("/usr/bin/fd-exporter", ofDeb);
        Assert.Contains("/lib/systemd/system/fd-exporter.service\n", deb, StringComparison.Ordinal);
        Assert.Contains("/usr/share/zsh/vendor-completions/_fd-exporter\n", deb, StringComparison.Ordinal);
        Assert.Contains("/usr/lib/systemd/system/fd-exporter.service\n", rpm, StringComparison.Ordinal);
        Assert.Contains("/usr/share/zsh/site-functions/_fd-exporter\n", rpm, StringComparison.Ordinal);

        bool IsFolder(string path) => ofDeb.Any(each => each.StartsWith($"{path}/", StringComparison.Ordinal));
        static IEnumerable<string> Files(string list, string[] own) => list.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => Uncompressed(line.TrimStart('.')))
            .Where(line => !own.Any(each => line.Contains(each, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal);

        // Debian compresses documents, except those that link to each other.
        static string Uncompressed(string path) => path.StartsWith("/usr/share/doc/", StringComparison.Ordinal) && path.EndsWith(".gz", StringComparison.Ordinal) ? path[..^3] : path;
    }

    /// <summary>The manual is complete, with everything that it links to.</summary>
    [Theory]
    [InlineData("deb")]
    [InlineData("rpm")]
    [InlineData("tar")]
    public async Task Documents_HaveNoDeadLink(string format)
    {
        string folder = packages.MakeFolder($"documents-{format}");
        string documents = format == "tar" ? folder : Path.Combine(folder, "usr", "share", "doc", "fd-exporter");
        _ = format switch
        {
            "deb" => await RunAsync("dpkg-deb --extract \"$1\" \"$2\"", await packages.DebAsync(), folder),
            "rpm" => await RunAsync("cd \"$2\"; rpm2cpio \"$1\" | cpio --extract --make-directories --quiet", await packages.RpmAsync(), folder),
            _ => await RunAsync("tar --extract --gzip --strip-components=1 --file=\"$1\" --directory=\"$2\"", ReleaseArchive(), folder),
        };
        Assert.Empty(MarkdownLinks.Dead(documents));
        Assert.Empty(MarkdownLinks.Documents(Path.Combine(Repository.Root, "deploy", "docs")).Except(MarkdownLinks.Documents(Path.Combine(documents, "deploy", "docs"))));
        Assert.Contains(
            "fd-exporter.test.yml",
            MarkdownLinks.LinksOf(File.ReadAllText(Path.Combine(documents, "deploy", "prometheus", "README.md"))));
    }

    /// <summary>In the RPM marked as a licence, which is installed even where documents are left out.</summary>
    [Fact]
    public async Task Both_HoldTheLicencesOfAllThatIsInTheProgram()
    {
        string notices = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "THIRD-PARTY-NOTICES"), TestContext.Current.CancellationToken);
        Assert.Equal(notices, await RunAsync("dpkg-deb --fsys-tarfile \"$1\" | tar -xO ./usr/share/doc/fd-exporter/THIRD-PARTY-NOTICES.gz | gunzip", await packages.DebAsync()));
        Assert.Contains("/usr/share/licenses/fd-exporter/THIRD-PARTY-NOTICES\n", await RunAsync("rpm -qpL \"$1\"", await packages.RpmAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mandoc -Tlint -Wstyle")]
    [InlineData("man --warnings --local-file > /dev/null")]
    public async Task ManPage_IsClean(string check)
    {
        string[] words = check.Split(" > ");
        string command = $"dpkg-deb --fsys-tarfile \"$1\" | tar -xO ./usr/share/man/man1/fd-exporter.1.gz | gunzip > \"$2/page.1\"; {words[0]} \"$2/page.1\"{(words.Length > 1 ? $" > {words[1]}" : "")} 2>&1";
        Assert.Equal("", await RunAsync(command, await packages.DebAsync(), packages.MakeFolder("man")));
    }

    [Fact]
    public async Task Libc_IsAskedForAsTheReleaseNeedsIt()
    {
        Assert.Contains("libc6 (>= 2.28)", await RunAsync("dpkg-deb -f \"$1\" Depends", await packages.DebAsync()), StringComparison.Ordinal);
        Assert.Contains("libc.so.6(GLIBC_2.28)(64bit)", await RunAsync("rpm -qp --requires \"$1\"", await packages.RpmAsync()), StringComparison.Ordinal);
    }

    /// <summary>Both name their maintainer as in Directory.Build.props: the one place that a fork changes.</summary>
    [Fact]
    public async Task Addresses_AreThoseOfTheBuild()
    {
        XDocument build = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props"));
        string repository = Property("RepositoryUrl");
        Assert.Equal($"{Property("Authors")} <{Property("MaintainerAddress")}>", (await RunAsync("dpkg-deb -f \"$1\" Maintainer", await packages.DebAsync())).Trim());
        Assert.Equal(repository, (await RunAsync("dpkg-deb -f \"$1\" Homepage", await packages.DebAsync())).Trim());
        Assert.Equal(
            $"{Property("Authors")}|{(repository == "" ? "(none)" : repository)}",
            await RunAsync("rpm -qp --queryformat '%{VENDOR}|%{URL}' \"$1\"", await packages.RpmAsync()));

        string Property(string name) => build.Descendants(name).Single().Value;
    }

    /// <summary>The archive that build-release packed the program into.</summary>
    private static string ReleaseArchive()
    {
        string folder = Path.GetDirectoryName(NativeBuild.Binary)!;
        string[] archives = Directory.GetFiles(Path.GetDirectoryName(folder)!, $"fd-exporter-*.{Path.GetFileName(folder)}.tar.gz");
        Assert.SkipUnless(archives.Length > 0, "no archive beside the program: FD_EXPORTER names no program of build-release");
        return archives.MaxBy(File.GetLastWriteTimeUtc)!;
    }

    private static async Task<string> RunAsync(string command, params string[] arguments)
    {
        (int exitCode, string output, string error) = await Child.RunAsync("bash", null, ["-o", "pipefail", "-c", command, "bash", .. arguments]);
        Assert.True(exitCode == 0, output + error);
        return output;
    }
}
