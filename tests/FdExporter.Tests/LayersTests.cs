using System.Text.RegularExpressions;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests;

/// <summary>Holds the code against the table of layers: who may use whom.</summary>
public partial class LayersTests
{
    /// <summary>Configuration is a leaf that everybody may use; Linux is for Scanning (and the command line's check and terminal), its Files for whoever reads or writes one.</summary>
    private static readonly Dictionary<string, string[]> s_mayUse = new()
    {
        ["FdExporter.Linux.Native"] = [],
        ["FdExporter.Linux.Sockets"] = [],
        ["FdExporter.Linux.Files"] = ["FdExporter.Linux.Native"],
        ["FdExporter.Linux.Procfs"] = ["FdExporter.Linux.Native", "FdExporter.Linux.Sockets"],
        ["FdExporter.Linux.SockDiag"] = ["FdExporter.Linux.Native", "FdExporter.Linux.Sockets"],
        ["FdExporter.Configuration"] = ["FdExporter.Linux.Files"],
        ["FdExporter.Systemd"] = [],
        ["FdExporter.Model"] = [],
        ["FdExporter.Scanning"] = ["FdExporter.Model", "FdExporter.Linux.Files", "FdExporter.Linux.Native", "FdExporter.Linux.Procfs", "FdExporter.Linux.SockDiag", "FdExporter.Linux.Sockets"],
        ["FdExporter.Accounts"] = ["FdExporter.Model"],
        ["FdExporter.Accounts.Naming"] = ["FdExporter.Model"],
        ["FdExporter.Grouping"] = ["FdExporter.Model", "FdExporter.Accounts", "FdExporter.Configuration"],
        ["FdExporter.Diagnosis"] = ["FdExporter.Model", "FdExporter.Accounts", "FdExporter.Grouping", "FdExporter.Configuration"],
        ["FdExporter.Metrics"] = ["FdExporter.Model", "FdExporter.Grouping", "FdExporter.Diagnosis", "FdExporter.Configuration", "Prometheus"],
        ["FdExporter.Evidence"] = ["FdExporter.Model", "FdExporter.Grouping", "FdExporter.Diagnosis", "FdExporter.Metrics", "FdExporter.Configuration", "FdExporter.Linux.Files"],
        ["FdExporter.Web.Api"] = ["FdExporter.Model", "FdExporter.Grouping", "FdExporter.Diagnosis", "FdExporter.Configuration"],
        ["FdExporter.Web.Pages"] = ["FdExporter.Web", "FdExporter.Model", "FdExporter.Grouping", "FdExporter.Diagnosis", "FdExporter.Configuration"],
        ["FdExporter.Web.Security"] = ["FdExporter.Web", "FdExporter.Metrics", "FdExporter.Configuration", "FdExporter.Linux.Files"],
        ["FdExporter.Web"] =
        [
            "FdExporter.Web.Api", "FdExporter.Web.Pages", "FdExporter.Web.Security",
            "FdExporter.Accounts.Naming", "FdExporter.Model", "FdExporter.Scanning", "FdExporter.Grouping", "FdExporter.Diagnosis", "FdExporter.Metrics",
            "FdExporter.Configuration", "FdExporter.Systemd", "FdExporter.Linux.Files",
            "Prometheus",
        ],
        ["FdExporter.Cli.Terminals"] = ["FdExporter.Cli", "FdExporter.Model", "FdExporter.Linux.Native"],
        ["FdExporter.Cli.Completion"] = ["FdExporter.Cli"],
        ["FdExporter.Cli.Manual"] = ["FdExporter.Cli", "FdExporter.Configuration"],
        ["FdExporter.Cli.Checks"] =
        [
            "FdExporter.Cli", "FdExporter.Accounts.Naming", "FdExporter.Model", "FdExporter.Scanning", "FdExporter.Grouping", "FdExporter.Evidence", "FdExporter.Web.Security", "FdExporter.Configuration",
            "FdExporter.Linux.Native", "FdExporter.Linux.Procfs", "FdExporter.Linux.Files",
        ],
        ["FdExporter.Cli"] =
        [
            "FdExporter.Model", "FdExporter.Scanning", "FdExporter.Grouping", "FdExporter.Diagnosis", "FdExporter.Metrics", "FdExporter.Evidence", "FdExporter.Web", "FdExporter.Web.Api", "FdExporter.Web.Security",
            "FdExporter.Configuration", "FdExporter.Systemd", "FdExporter.Linux.Files",
        ],
    };

    [Fact]
    public void Sources_UseOnlyTheLayersBelow()
    {
        string[] files = Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories);
        int checkedFiles = 0;
        foreach (string file in files.Where(static file => !file.Contains("/obj/", StringComparison.Ordinal)))
        {
            string text = File.ReadAllText(file);
            if (Namespace().Match(text) is not { Success: true } match)
            {
                Assert.Equal("Program.cs", Path.GetFileName(file));
                continue;
            }

            string layer = match.Groups[1].Value;
            Assert.True(s_mayUse.ContainsKey(layer), $"{file}: {layer} is in no table of layers");
            string folder = Path.GetRelativePath(Path.Combine(Repository.Root, "src"), Path.GetDirectoryName(file)!).Replace('/', '.');
            Assert.True(folder == layer, $"{file}: stands in {folder}, says {layer}");
            foreach (Match use in Use().Matches(text))
            {
                string used = use.Value;
                Assert.True(used == layer || s_mayUse[layer].Contains(used), $"{file}: {layer} must not use {used}");
            }

            checkedFiles++;
        }

        Assert.True(checkedFiles > 50, $"only {checkedFiles} files were found");
    }

    [Fact]
    public void LinuxProject_HasNoPackages()
        => Assert.DoesNotContain(
            "PackageReference",
            File.ReadAllText(Path.Combine(Repository.Root, "src", "FdExporter.Linux", "FdExporter.Linux.csproj")),
            StringComparison.Ordinal);

    [Fact]
    public void UnsafeCode_IsInTheLinuxProjectOnly()
        => Assert.DoesNotContain(
            "AllowUnsafeBlocks",
            File.ReadAllText(Path.Combine(Repository.Root, "src", "FdExporter", "FdExporter.csproj")),
            StringComparison.Ordinal);

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b(FdExporter\.Linux\.(Native|Files|Procfs|SockDiag|Sockets)|FdExporter\.(Model|Scanning|Accounts(\.Naming)?|Grouping|Diagnosis|Metrics|Evidence|Web(\.(Api|Pages|Security))?|Cli|Configuration|Systemd)|(?<=using )Prometheus)\b")]
    private static partial Regex Use();
}
