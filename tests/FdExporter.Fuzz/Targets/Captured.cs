using System.Text;
using FdExporter.Tests.Testing;

namespace FdExporter.Fuzz.Targets;

/// <summary>The seeds: the contents of the tests' fixtures.</summary>
internal static class Captured
{
    /// <summary>One file of each captured process that has it.</summary>
    internal static byte[][] OfEachProcess(string file)
        => [.. Directory.GetDirectories(Path.Combine(Repository.Fixtures, "host"))
            .Order(StringComparer.Ordinal)
            .Select(folder => Path.Combine(folder, file))
            .Where(File.Exists)
            .Select(File.ReadAllBytes)];

    internal static byte[] OfHost(string file) => File.ReadAllBytes(Path.Combine(Repository.Fixtures, "host", file));

    /// <summary>The link targets of the descriptors, which the fixtures store as file contents.</summary>
    internal static byte[][] Links()
        => [.. Directory.GetFiles(Path.Combine(Repository.Fixtures, "host"), "*", SearchOption.AllDirectories)
            .Where(static file => Path.GetFileName(Path.GetDirectoryName(file)) == "fd")
            .Select(File.ReadAllText)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(Encoding.UTF8.GetBytes)];

    /// <summary>The lines of a table without its headings.</summary>
    internal static byte[][] LinesOf(string file)
        => [.. Encoding.Latin1.GetString(OfHost(file)).Split('\n').Skip(1).Where(static line => line.Length > 0).Select(Encoding.Latin1.GetBytes)];

    internal static byte[][] Cgroups()
        => [.. File.ReadLines(Path.Combine(Repository.Fixtures, "cgroups.txt")).Where(static line => line.StartsWith('/')).Select(Encoding.UTF8.GetBytes)];

    internal static byte[][] RuleFiles() => ConfigurationFiles("Data");

    internal static byte[][] WebConfigs() => ConfigurationFiles("WebData");

    internal static byte[][] Of(params IEnumerable<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static byte[][] ConfigurationFiles(string folder)
        => [.. Directory.GetFiles(Path.Combine(Repository.Root, "tests", "FdExporter.Tests", "Configuration", folder), "*.yml")
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes)];
}
