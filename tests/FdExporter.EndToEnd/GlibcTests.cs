using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The release runs on glibc 2.28 and later: RHEL 8, Debian 10 and 11, Ubuntu 20.04.</summary>
public partial class GlibcTests
{
    private static readonly Version s_floor = new(2, 28);

    [Fact]
    public async Task Release_NeedsNoSymbolVersionAboveTheFloor()
    {
        string versions = await ReadElfAsync("-VW", NativeBuild.Binary);
        Version[] needed = [.. GlibcVersion().Matches(versions).Select(static match => Version.Parse(match.Groups[1].ValueSpan))];
        Assert.NotEmpty(needed);
        Assert.All(needed, static version => Assert.True(version <= s_floor, $"GLIBC_{version}"));
    }

    /// <summary>glibc before 2.34 has them in separate libraries; a symbol that is looked up in the wrong one is not found.</summary>
    [Theory]
    [InlineData("pthread_create", "libpthread.so.0")]
    [InlineData("dlopen", "libdl.so.2")]
    public async Task Release_NamesTheLibraryThatTheFloorHasASymbolIn(string symbol, string library)
    {
        Assert.Matches($@"UND {symbol}@GLIBC_2\.[0-9.]+ ", await ReadElfAsync("--dyn-syms", "-W", NativeBuild.Binary));
        Assert.Contains($"(NEEDED)             Shared library: [{library}]", await ReadElfAsync("-dW", NativeBuild.Binary), StringComparison.Ordinal);
    }

    /// <summary>These are looked up by name at their first call, so the linker does not know them.</summary>
    [Fact]
    public async Task FunctionsCalledByName_AreInTheFloor()
    {
        string native = Path.Combine(Repository.Root, "src", "FdExporter.Linux", "Native");
        string[] called = [.. Directory.GetFiles(native, "Libc*.cs").SelectMany(static file => Import().Matches(File.ReadAllText(file))).Select(static match => match.Groups[1].Value).Distinct()];
        Assert.Contains("statx", called);

        (_, string libraries, _) = await Child.RunAsync("ldd", null, "/bin/bash");
        string libc = Libc().Match(libraries).Groups[1].Value;
        ILookup<string, Version> known = Exported().Matches(await ReadElfAsync("--dyn-syms", "-W", libc))
            .ToLookup(static match => match.Groups[1].Value, static match => Version.Parse(match.Groups[2].ValueSpan));
        Assert.All(called, name => Assert.True(known[name].Any(static version => version <= s_floor), $"{name}: {string.Join(", ", known[name])}"));
    }

    private static async Task<string> ReadElfAsync(params string[] arguments)
    {
        (int exitCode, string output, string error) = await Child.RunAsync("readelf", null, arguments);
        Assert.True(exitCode == 0, error);
        return output;
    }

    [GeneratedRegex(@"libc\.so\.6 => (\S+)")]
    private static partial Regex Libc();

    [GeneratedRegex(@"GLIBC_(2(?:\.[0-9]+)+)")]
    private static partial Regex GlibcVersion();

    [GeneratedRegex(@" ([a-z_0-9]+)@@?GLIBC_(2(?:\.[0-9]+)+)")]
    private static partial Regex Exported();

    [GeneratedRegex("""\[LibraryImport\("libc"(?:, SetLastError = true)?\)\]\s+(?:\[[^\]]*\]\s+)?internal static partial [\w*]+ (\w+)\(""")]
    private static partial Regex Import();
}
