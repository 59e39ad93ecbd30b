using System.Diagnostics;
using FdExporter.Tests.Testing;
using YamlDotNet.RepresentationModel;

namespace FdExporter.Tests.Deploy;

/// <summary><c>deploy/kubernetes/generate</c> hands on what is in the repository, unchanged.</summary>
public sealed class KubernetesTests : IDisposable
{
    private const int MostOfAConfigMap = 1024 * 1024;

    private readonly string _root = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    /// <summary>A copy of what the script reads, with no dashboards.</summary>
    public KubernetesTests()
    {
        foreach (string file in new[] { "deploy/kubernetes/generate", "deploy/prometheus/fd-exporter.rules.yml" })
        {
            string copy = Path.Combine(_root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(Repository.Root, file), copy);
        }

        Directory.CreateDirectory(Path.Combine(_root, "grafana", "dashboards"));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void OfTheRepository_HoldsTheRulesAndEachDashboard()
    {
        YamlNode[] documents = Generate(Repository.Root, "--namespace", "monitoring");
        Assert.Equal("monitoring.coreos.com/v1 PrometheusRule monitoring fd-exporter", Identity(documents[0]));
        Assert.Equal(AlertRule.File, documents[0]["spec"]);

        Assert.Equal(2, documents.Length);
        Assert.Equal("v1 ConfigMap monitoring fd-exporter-dashboards", Identity(documents[1]));
        Assert.Equal("1", AlertRule.Text(documents[1], "metadata", "labels", "grafana_dashboard"));
        AssertHolds(documents[1], Path.Combine(Repository.Root, "grafana", "dashboards"));
        Assert.All(documents, static document => Assert.Equal("fd-exporter", AlertRule.Text(document, "metadata", "labels", "app.kubernetes.io/name")));
    }

    [Fact]
    public void WithoutDashboards_IsTheRulesAlone()
    {
        YamlNode document = Assert.Single(Generate(_root));
        Assert.Equal(AlertRule.File, document["spec"]);
        Assert.Equal("", AlertRule.Text(document, "metadata", "namespace"));
    }

    [Fact]
    public void WithSeveralDashboards_HoldsEachAsItIs()
    {
        Dashboard("one.json", "{\n  \"a\": \"---\",\n\n  \"b\": \"# no comment, {{ no template }}: \\\"q\\\" \\\\ 'x' é\"\n}\n");
        Dashboard("indented.json", "    {\n  \"a\": 1\n\t}\n");
        Dashboard("gaps-at-both-ends.json", "\n\n{}\n\n\n");
        AssertHolds(Generate(_root)[1], Path.Combine(_root, "grafana", "dashboards"));
    }

    [Fact]
    public void Label_IsAddedToTheRules()
        => Assert.Equal(
            ("prometheus", "1"),
            Generate(_root, "--label", "release=prometheus", "--label=tier=1")[0]["metadata"]["labels"] is var labels
                ? (AlertRule.Text(labels, "release"), AlertRule.Text(labels, "tier"))
                : default);

    [Fact]
    public void DashboardsThatFillAConfigMap_AreWritten_AndAByteMoreIsRefused()
    {
        string most = $"\"{new string('x', (MostOfAConfigMap / 2) - 3)}\"\n";
        Dashboard("a.json", most);
        Dashboard("b.json", most);
        AssertHolds(Generate(_root)[1], Path.Combine(_root, "grafana", "dashboards"));
        Dashboard("c.json", "\n");
        Assert.Equal((1, "", "generate: the dashboards are 1048577 bytes, and a ConfigMap holds 1048576\n"), Run(_root));
    }

    [Theory]
    [InlineData("windows.json", "{}\r\n", "windows.json has line ends of Windows")]
    [InlineData("cut.json", "{}", "cut.json does not end in a line end")]
    [InlineData("a b.json", "{}\n", "a b.json: a ConfigMap cannot hold a file of this name")]
    public void DashboardThatCannotBeHeldAsItIs_IsRefused(string name, string text, string complaint)
    {
        Dashboard(name, text);
        Assert.Equal((1, "", $"generate: {_root}/grafana/dashboards/{complaint}\n"), Run(_root));
    }

    [Theory]
    [InlineData("generate: --namespace needs a value\n", "--namespace")]
    [InlineData("generate: 'A B' is no name of a namespace\n", "--namespace", "A B")]
    [InlineData("generate: 'x' is no label NAME=VALUE\n", "--label=x")]
    public void ArgumentThatCannotBeUsed_IsRefused(string complaint, params string[] arguments)
        => Assert.Equal((1, "", complaint), Run(_root, arguments));

    private static string Identity(YamlNode document)
        => $"{AlertRule.Text(document, "apiVersion")} {AlertRule.Text(document, "kind")} {AlertRule.Text(document, "metadata", "namespace")} {AlertRule.Text(document, "metadata", "name")}";

    private static void AssertHolds(YamlNode configMap, string folder)
    {
        Dictionary<string, string> data = ((YamlMappingNode)configMap["data"]).Children
            .ToDictionary(static each => each.Key.ToString(), static each => ((YamlScalarNode)each.Value).Value!);
        Assert.NotEmpty(data);
        Assert.Equal(
            Directory.GetFiles(folder, "*.json").ToDictionary(static file => Path.GetFileName(file), static file => File.ReadAllText(file)),
            data);
    }

    private static YamlNode[] Generate(string root, params string[] arguments)
    {
        (int exitCode, string output, string error) = Run(root, arguments);
        Assert.True(exitCode == 0, error);
        YamlStream stream = [];
        stream.Load(new StringReader(output));
        return [.. stream.Documents.Select(static document => document.RootNode)];
    }

    private static (int ExitCode, string Output, string Error) Run(string root, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(root, "deploy", "kubernetes", "generate"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    private void Dashboard(string name, string text) => File.WriteAllText(Path.Combine(_root, "grafana", "dashboards", name), text);
}
