using System.Text.RegularExpressions;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests;

/// <summary>Compares the code with the table of layers: which namespace may use which. The graph is derived from the sources.</summary>
public partial class LayersTests
{
    /// <summary>
    /// The namespaces that each namespace uses. A parent puts its children together and uses them; a child never uses its parent.
    /// What two children share has its own folder.
    /// </summary>
    private static readonly Dictionary<string, string> s_uses = new()
    {
        ["Linux.Native"] = "",
        ["Linux.Sockets"] = "",
        ["Linux.Files"] = "Linux.Native",
        ["Linux.Procfs"] = "Linux.Native Linux.Sockets",
        ["Linux.SockDiag"] = "Linux.Native Linux.Sockets",
        ["Configuration"] = "Linux.Files",
        ["Model"] = "Linux.Sockets",
        ["Self"] = "Configuration Model Linux.Native Linux.Procfs Linux.SockDiag Linux.Sockets",
        ["Scanning.Reading"] = "Model Linux.Procfs",
        ["Scanning.Cgroups"] = "Model Linux.Procfs",
        ["Scanning.Pods"] = "Model Linux.Files",
        ["Scanning.Processes"] = "Scanning.Reading Scanning.Cgroups Scanning.Pods Model Linux.Files Linux.Native Linux.Procfs",
        ["Scanning.Connections"] = "Scanning.Reading Model Linux.Procfs Linux.Sockets",
        ["Scanning.Sockets"] = "Scanning.Connections Scanning.Reading Model Linux.Native Linux.Procfs Linux.SockDiag Linux.Sockets",
        ["Scanning.Descriptors"] = "Scanning.Connections Scanning.Processes Scanning.Reading Scanning.Sockets Model Linux.Native Linux.Procfs Linux.Sockets",
        ["Scanning.Files"] = "Scanning.Descriptors Scanning.Reading Model Linux.Native Linux.Procfs",
        ["Scanning.Inspection"] =
            "Scanning.Connections Scanning.Descriptors Scanning.Processes Scanning.Reading Scanning.Sockets Model Linux.Files Linux.Native Linux.Procfs Linux.SockDiag Linux.Sockets",
        ["Scanning"] = "Scanning.* Self Model Linux.Native Linux.Procfs",
        ["Accounts"] = "Model",
        ["Accounts.Naming"] = "Model",
        ["Grouping"] = "Accounts Model Configuration",
        ["Diagnosis.History"] = "Accounts Grouping Model",
        ["Diagnosis.Wording"] = "Model",
        ["Diagnosis.Findings"] = "Diagnosis.History Grouping Model Configuration",
        ["Diagnosis.Rules"] = "Diagnosis.Findings Diagnosis.History Diagnosis.Wording Accounts Grouping Model",
        ["Diagnosis"] = "Diagnosis.* Accounts Grouping Model Configuration",
        ["Metrics"] = "Grouping Model Configuration Prometheus",
        ["Documents"] = "Diagnosis Diagnosis.* Grouping Model Configuration",
        ["Evidence"] = "Documents Diagnosis Diagnosis.* Grouping Metrics Model Configuration Linux.Files",
        ["Web.Serving"] = "Documents Accounts.Naming Diagnosis Diagnosis.* Grouping Metrics Scanning Scanning.* Self Model Configuration Linux.Files",
        ["Web.Security"] = "Web.Serving Metrics Self Model Configuration Linux.Files",
        ["Runbooks"] = "",
        ["Web.Pages"] = "Runbooks Web.Serving Web.Security Diagnosis Diagnosis.* Grouping Model Configuration",
        ["Web"] = "Web.* Documents Diagnosis Diagnosis.* Grouping Metrics Self Model Configuration Prometheus",
        ["Cli.Terminals"] = "Model Configuration Linux.Native",
        ["Cli.Completion"] = "",
        ["Cli.Manual"] = "Cli.Completion Configuration",
        ["Cli.Logging"] = "Metrics Self Configuration",
        ["Cli.Checks"] = "Web.Security Evidence Accounts.Naming Scanning Scanning.* Self Grouping Model Configuration Linux.Files Linux.Native Linux.Procfs",
        ["Cli"] = "Cli.* Runbooks Web Web.* Evidence Documents Diagnosis Diagnosis.* Grouping Metrics Scanning Scanning.* Self Model Configuration Linux.Files",
    };

    private static readonly Dictionary<string, string> s_sources = Directory
        .GetFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal) && Path.GetFileName(file) != "Program.cs")
        .ToDictionary(static file => file, File.ReadAllText);

    [Fact]
    public void EachFile_StandsInTheFolderOfItsNamespace()
    {
        Assert.True(s_sources.Count > 300, $"only {s_sources.Count} files were found");
        Assert.All(s_sources.Keys, file =>
            Assert.Equal(Path.GetRelativePath(Path.Combine(Repository.Root, "src"), Path.GetDirectoryName(file)!).Replace('/', '.'), NamespaceOf(file)));
    }

    [Fact]
    public void EachNamespace_UsesOnlyWhatTheTableAllows()
        => Assert.All(Graph(), edge =>
            Assert.True(
                s_uses.TryGetValue(Short(edge.From), out string? allowed)
                && allowed.Split(' ').Any(each => each == Short(edge.To) || (each.EndsWith(".*", StringComparison.Ordinal) && Short(edge.To).StartsWith(each[..^1], StringComparison.Ordinal))),
                $"{edge.File}: {Short(edge.From)} must not use {Short(edge.To)}"));

    [Fact]
    public void Table_HasNoNamespaceThatIsNotThere()
        => Assert.Equal(s_sources.Keys.Select(static file => Short(NamespaceOf(file))).Distinct().Order(), s_uses.Keys.Order());

    /// <summary>Independent of the table: two namespaces that use each other, even indirectly, cannot be understood separately.</summary>
    [Fact]
    public void NoNamespaces_UseEachOther()
    {
        ILookup<string, string> uses = Graph().Select(static edge => (edge.From, edge.To)).Distinct().ToLookup(static edge => edge.From, static edge => edge.To);
        foreach (string start in uses.Select(static each => each.Key))
        {
            HashSet<string> reached = [];
            Stack<string> open = new(uses[start]);
            while (open.TryPop(out string? next))
            {
                if (reached.Add(next))
                {
                    Assert.True(next != start, $"{start} uses itself by way of {string.Join(", ", reached)}");
                    uses[next].ToList().ForEach(open.Push);
                }
            }
        }
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

    /// <summary>Found by directives and full names; and by the names of a parent's types, which a child sees without a directive.</summary>
    private static IEnumerable<(string File, string From, string To)> Graph()
    {
        string[] namespaces = [.. s_sources.Keys.Select(NamespaceOf).Distinct()];
        ILookup<string, string> types = s_sources.Keys.ToLookup(NamespaceOf, static file => Path.GetFileName(file).Split('.')[0]);
        foreach ((string file, string text) in s_sources)
        {
            string own = NamespaceOf(file);
            HashSet<string> used = [.. NamespaceNames().Matches(text).Select(match => LongestOf(namespaces, match.Value)).Where(static each => each.Length > 0)];
            HashSet<string> words = [.. Words().Matches(Comments().Replace(text, "")).Select(static match => match.Value)];
            for (string parent = Parent(own); parent.Length > 0; parent = Parent(parent))
            {
                if (types[parent].Any(words.Contains))
                {
                    used.Add(parent);
                }
            }

            used.Remove(own);
            foreach (string each in used.Concat(text.Contains("\nusing Prometheus", StringComparison.Ordinal) || text.StartsWith("using Prometheus", StringComparison.Ordinal) ? ["Prometheus"] : []))
            {
                yield return (file, own, each);
            }
        }
    }

    private static string LongestOf(string[] namespaces, string name)
        => namespaces.Where(each => name == each || name.StartsWith(each + ".", StringComparison.Ordinal)).MaxBy(static each => each.Length) ?? "";

    private static string NamespaceOf(string file) => NamespaceLine().Match(s_sources[file]).Groups[1].Value;

    private static string Parent(string name) => name.Contains('.', StringComparison.Ordinal) ? name[..name.LastIndexOf('.')] : "";

    private static string Short(string name) => name.StartsWith("FdExporter.", StringComparison.Ordinal) ? name["FdExporter.".Length..] : name;

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"(?<=^using |^using static |[^\w.])FdExporter\.[\w.]+", RegexOptions.Multiline)]
    private static partial Regex NamespaceNames();

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w+")]
    private static partial Regex Words();

    [GeneratedRegex(@"^\s*//.*$|""(?:[^""\\\n]|\\.)*""", RegexOptions.Multiline)]
    private static partial Regex Comments();
}
