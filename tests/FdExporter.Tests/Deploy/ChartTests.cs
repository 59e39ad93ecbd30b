using System.Formats.Tar;
using System.IO.Compression;
using System.Text.RegularExpressions;
using FdExporter.Tests.Testing;
using YamlDotNet.RepresentationModel;

namespace FdExporter.Tests.Deploy;

/// <summary>deploy/helm as helm renders and packages it.</summary>
public sealed partial class ChartTests
{
    private static readonly string s_examples = Path.Combine(Manifests.Chart, "examples");

    private static readonly string[] s_everything = ["--set=podMonitor.enabled=true,prometheusRule.enabled=true,dashboards.enabled=true"];

    [Fact]
    [Needs("helm")]
    public void Lint_FindsNothing()
    {
        (int exitCode, string output, string error) = Manifests.RunHelm("lint", "--strict", Manifests.Chart);
        Assert.True(exitCode == 0, output + error);
    }

    [Fact]
    [Needs("helm", "node")]
    public void EveryExampleAndWhatTheDefaultsLeaveOut_RendersToWhatTheApiServerKnows()
    {
        string[] examples = Directory.GetFiles(s_examples);
        Assert.NotEmpty(examples);
        string values = Path.GetTempFileName();
        try
        {
            File.WriteAllText(
                values,
                """
                image: {repository: registry.example.com/fd-exporter, tag: "9", pullPolicy: Always}
                imagePullSecrets: [{name: pull}]
                nameOverride: handles
                extraArgs: [--limits.top-processes=50, --config.file=/rules/rules.yml]
                port: 9000
                serviceAccount: {create: false}
                priorityClassName: system-node-critical
                podSecurityContext: {seLinuxOptions: {type: spc_t}}
                affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: gpu, operator: DoesNotExist}]}]}}}
                tolerations: [{key: a, operator: Equal, value: b, effect: NoSchedule}]
                podNames: false
                podAnnotations: {a: b}
                podLabels: {c: d}
                livenessProbe: null
                podMonitor: {enabled: true, labels: {release: prometheus}, endpoint: {scheme: HTTPS}, relabelings: [{targetLabel: cluster, replacement: berlin}], metricRelabelings: [{action: drop, sourceLabels: [__name__], regex: fd_process_info}]}
                prometheusRule: {labels: {release: prometheus}}
                extraVolumes: [{name: rules, configMap: {name: rules}}]
                extraVolumeMounts: [{name: rules, mountPath: /rules}]
                """);
            string[] rendered =
            [
                Manifests.Helm(),
                Manifests.Helm(s_everything),
                Manifests.Helm([.. s_everything, "--values", values]),
                .. examples.Select(static file => Manifests.Helm([.. s_everything, "--values", file])),
            ];
            Assert.Equal("", Manifests.Findings(string.Join("---\n", rendered)));
            YamlNode pod = PodOf(rendered[2]);
            Assert.Equal("registry.example.com/fd-exporter:9", pod["containers"][0]["image"].ToString());
            Assert.Equal("--web.listen-address=[$(POD_IP)]:9000", pod["containers"][0]["args"][1].ToString());
            Assert.Equal("--config.file=/rules/rules.yml", pod["containers"][0]["args"][4].ToString());
            Assert.Equal(["proc", "rules"], ((YamlSequenceNode)pod["volumes"]).Select(static each => each["name"].ToString()));
            Assert.Equal(("default", "system-node-critical"), (pod["serviceAccountName"].ToString(), pod["priorityClassName"].ToString()));
            Assert.DoesNotContain(Manifests.Parse(rendered[2]), static each => each["kind"].ToString() is "ServiceAccount" or "PriorityClass");
        }
        finally
        {
            File.Delete(values);
        }
    }

    /// <summary>helm and kustomize render the same pod.</summary>
    [Theory]
    [InlineData(null, "base")]
    [InlineData("minimal", "overlays/minimal")]
    [InlineData("full", "overlays/full")]
    [InlineData("web-config", "base", "web-config")]
    [Needs("helm", "kubectl")]
    public void Pod_IsThatOfKustomize(string? example, string folder, params string[] components)
    {
        string[] values = example is null ? [] : ["--values", Path.Combine(s_examples, $"{example}.yaml")];
        YamlNode ours = PodOf(Manifests.Helm(values));
        YamlNode theirs = PodOf(Manifests.Kustomize(folder, components));
        foreach (YamlNode pod in new[] { ours, theirs })
        {
            SortByName((YamlSequenceNode)pod["volumes"]);
            SortByName((YamlSequenceNode)pod["containers"][0]["volumeMounts"]);
        }

        Assert.Equal(Manifests.Flat(theirs), Manifests.Flat(ours));
    }

    [Fact]
    [Needs("helm", "kubectl")]
    public void PodMonitor_IsThatOfKustomize()
        => Assert.Equal(
            Manifests.Flat(Manifests.Only(Manifests.Kustomize("monitoring"), "PodMonitor")["spec"]["podMetricsEndpoints"]),
            Manifests.Flat(Manifests.Only(Manifests.Helm(s_everything), "PodMonitor")["spec"]["podMetricsEndpoints"]));

    [Fact]
    [Needs("helm")]
    public void RulesAndDashboards_AreThoseOfTheRepository()
    {
        string manifests = Manifests.Helm(s_everything);
        Assert.Equal(Manifests.Flat(AlertRule.File), Manifests.Flat(Manifests.Only(manifests, "PrometheusRule")["spec"]));
        Dashboards.AssertIn(Manifests.Only(manifests, "ConfigMap"));
    }

    [Fact]
    [Needs("helm")]
    public void ThresholdsAndRunbooks_AreSet()
    {
        YamlNode rules = Manifests.Only(
            Manifests.Helm("--set=prometheusRule.enabled=true,prometheusRule.runbooks=https://x/,prometheusRule.thresholds.system_handles=20000"),
            "PrometheusRule")["spec"];
        Assert.Equal("https://x/", AlertRule.Text(AlertRule.Rules(rules).First(static rule => AlertRule.Text(rule, "record") == "fd:runbooks"), "labels", "url"));
        Assert.Equal("vector(20000)", AlertRule.Text(AlertRule.Rules(rules).First(static rule => AlertRule.Text(rule, "record") == "fd:threshold:system_handles"), "expr"));
    }

    [Theory]
    [InlineData("prometheusRule.enabled=true,prometheusRule.thresholds.handles=1", "there is no threshold \"handles\"")]
    [InlineData("podMonitr.enabled=true", "'podMonitr' not allowed")]
    [InlineData("podMonitor.enable=true", "'enable' not allowed")]
    [InlineData("port=0", "minimum: got 0, want 1")]
    [InlineData("extraArgs={web.max-requests=3}", "does not match pattern '^--'")]
    [Needs("helm")]
    public void ValueThatIsNone_IsRefused(string set, string complaint)
    {
        (int exitCode, _, string error) = Manifests.RunHelm("template", Manifests.Chart, $"--set={set}");
        Assert.Equal(1, exitCode);
        Assert.Contains(complaint, error, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryValue_IsUsedAndInTheSchema_AndNoOther()
    {
        string[] values = [.. ((YamlMappingNode)Manifests.Parse(File.ReadAllText(Path.Combine(Manifests.Chart, "values.yaml")))[0]).Children.Keys
            .Select(static key => key.ToString())
            .Order(StringComparer.Ordinal)];
        string templates = string.Concat(Directory.GetFiles(Path.Combine(Manifests.Chart, "templates")).Select(File.ReadAllText));
        Assert.Equal(values, Value().Matches(templates).Select(static match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(
            values.Append("global").Order(StringComparer.Ordinal),
            ((YamlMappingNode)Manifests.Parse(File.ReadAllText(Path.Combine(Manifests.Chart, "values.schema.json")))[0]["properties"]).Children.Keys
                .Select(static key => key.ToString())
                .Order(StringComparer.Ordinal));
    }

    /// <summary>In the checkout they are links, which would lead nowhere in the archive.</summary>
    [Fact]
    [Needs("helm")]
    public void Package_HoldsRulesAndDashboardsThemselves()
    {
        string folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        try
        {
            (int exitCode, string output, string error) = Manifests.RunHelm("package", Manifests.Chart, "--destination", folder);
            Assert.True(exitCode == 0, output + error);
            string version = typeof(Program).Assembly.GetName().Version!.ToString(3);
            using TarReader archive = new(new GZipStream(File.OpenRead(Path.Combine(folder, $"fd-exporter-{version}.tgz")), CompressionMode.Decompress));
            Dictionary<string, string> files = [];
            while (archive.GetNextEntry() is { } entry)
            {
                Assert.Equal(TarEntryType.RegularFile, entry.EntryType);
                files.Add(entry.Name, entry.DataStream is { } stream ? new StreamReader(stream).ReadToEnd() : "");
            }

            Assert.Equal(File.ReadAllText(Path.Combine(AlertRule.Folder, "fd-exporter.rules.yml")), files["fd-exporter/files/fd-exporter.rules.yml"]);
            Assert.Equal(
                Directory.GetFiles(Path.Combine(Repository.Root, "grafana", "dashboards")).Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal),
                files.Keys.Where(static name => name.Contains("/dashboards/", StringComparison.Ordinal)).Select(static name => Path.GetFileName(name)).Order(StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static YamlNode PodOf(string manifests) => Manifests.Only(manifests, "DaemonSet")["spec"]["template"]["spec"];

    private static void SortByName(YamlSequenceNode list)
    {
        YamlNode[] sorted = [.. list.Children.OrderBy(static each => each["name"].ToString(), StringComparer.Ordinal)];
        list.Children.Clear();
        foreach (YamlNode each in sorted)
        {
            list.Add(each);
        }
    }

    [GeneratedRegex(@"\.Values\.(\w+)")]
    private static partial Regex Value();
}
