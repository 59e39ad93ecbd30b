using FdExporter.Tests.Testing;
using YamlDotNet.RepresentationModel;

namespace FdExporter.Tests.Deploy;

/// <summary>deploy/kubernetes as kubectl renders it.</summary>
[Needs("kubectl", "node")]
public class KustomizeTests
{
    private static readonly string[] s_all = [.. Directory.GetFiles(Manifests.Folder, "kustomization.yaml", SearchOption.AllDirectories)
        .Select(static file => Path.GetRelativePath(Manifests.Folder, Path.GetDirectoryName(file)!))
        .Where(static folder => !folder.StartsWith("components", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)];

    [Fact]
    public void EveryFolderAndComponent_RendersToWhatTheApiServerKnows()
    {
        Assert.Equal([".", "base", "monitoring", "overlays/full", "overlays/minimal"], s_all);
        string[] rendered =
        [
            .. s_all.Select(static folder => Manifests.Kustomize(folder)),
            .. Components().Select(static component => Manifests.Kustomize("overlays/minimal", component)),
            Manifests.Kustomize("base", Components()),
        ];
        Assert.Equal("", Manifests.Findings(string.Join("---\n", rendered)));
    }

    /// <summary>The test above can fail.</summary>
    [Fact]
    public void WhatTheApiServerDoesNotKnow_IsFound()
    {
        string findings = Manifests.Findings(string.Join("---\n",
            Wrong("hostPID: true", "hostPid: true"),
            Wrong("targetLabel: node", "targetLabels: node"),
            Wrong("runAsUser: 0", "runAsUser: root"),
            Wrong("scrapeTimeout: 10s", "scrapeTimeout: 10 s")));
        Assert.All(
            [
                "'\"hostPid\"' does not exist in type 'IPodSpec'",
                "'\"targetLabels\"' does not exist in type 'IRelabelConfig'",
                "runAsUser must be integer",
                "scrapeTimeout must match pattern",
            ],
            (string finding) => Assert.Contains(finding, findings, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("kind: DaemonSet", "kind: DemonSet", "Cannot find module")]
    [InlineData("hostPID: true", "hostPID: true\n      hostPID: true", "Map keys must be unique")]
    public void WhatCannotBeRead_IsFound(string right, string wrong, string finding)
        => Assert.Contains(finding, Manifests.Findings(Wrong(right, wrong)), StringComparison.Ordinal);

    private static string Wrong(string right, string wrong)
    {
        string manifests = Manifests.Kustomize("base") + "---\n" + File.ReadAllText(Path.Combine(Manifests.Folder, "monitoring", "podmonitor.yaml"));
        Assert.Contains(right, manifests, StringComparison.Ordinal);
        return manifests.Replace(right, wrong, StringComparison.Ordinal);
    }

    /// <summary>To fix: deploy/kubernetes/generate.</summary>
    [Fact]
    public void Monitoring_HoldsTheRulesAsTheyAre()
        => Assert.Equal(Manifests.Flat(AlertRule.File), Manifests.Flat(Manifests.Only(Manifests.Kustomize("monitoring"), "PrometheusRule")["spec"]));

    [Fact]
    public void Monitoring_HoldsEachDashboardAsItIs_ForTheSidecar()
    {
        YamlNode configMap = Manifests.Only(Manifests.Kustomize("monitoring"), "ConfigMap");
        Assert.Equal("fd-exporter-dashboards", AlertRule.Text(configMap, "metadata", "name"));
        Assert.Equal("1", AlertRule.Text(configMap, "metadata", "labels", "grafana_dashboard"));
        Dashboards.AssertIn(configMap);
    }

    /// <summary>For exporters outside the cluster: the namespace is chosen when it is applied.</summary>
    [Fact]
    public void Monitoring_IsInNoNamespace_AndTheRestInOne()
    {
        Assert.All(Manifests.Parse(Manifests.Kustomize("monitoring")), static each => Assert.Equal("", AlertRule.Text(each, "metadata", "namespace")));
        Assert.All(
            s_all.Where(static folder => folder != "monitoring").SelectMany(static folder => Manifests.Parse(Manifests.Kustomize(folder))),
            static each => Assert.Equal(
                each["kind"].ToString() is "Namespace" or "PriorityClass" ? "" : "fd-exporter",
                AlertRule.Text(each, "metadata", "namespace")));
    }

    [Fact]
    public void Minimal_ExpectsToBeBlind_AndElseHoldsTheSameRules()
    {
        YamlMappingNode[] changed = [.. AlertRule.Rules(Manifests.Only(Manifests.Kustomize("overlays/minimal"), "PrometheusRule")["spec"])
            .Zip(AlertRule.Rules(AlertRule.File))
            .Where(static pair => Manifests.Flat(pair.First) != Manifests.Flat(pair.Second))
            .Select(static pair => pair.First)];
        Assert.Equal(
            ("fd:threshold:hidden_ratio", "vector(1)"),
            (AlertRule.Text(Assert.Single(changed), "record"), AlertRule.Text(changed[0], "expr")));
    }

    [Fact]
    public void PodMonitor_FindsThePods()
    {
        string manifests = Manifests.Kustomize(".");
        YamlNode monitor = Manifests.Only(manifests, "PodMonitor")["spec"];
        YamlNode pod = Manifests.Only(manifests, "DaemonSet")["spec"]["template"];
        Assert.All(
            ((YamlMappingNode)monitor["selector"]["matchLabels"]).Children,
            label => Assert.Equal(label.Value, pod["metadata"]["labels"][label.Key]));
        Assert.Equal(pod["spec"]["containers"][0]["ports"][0]["name"], monitor["podMetricsEndpoints"][0]["port"]);
        Assert.Equal("[ fd-exporter ]", monitor["namespaceSelector"]["matchNames"].ToString());
    }

    /// <summary>The first YAML block says what to apply, the last which part to change.</summary>
    [Fact]
    public void Readme_HasAKustomizationThatDoesWhatItSays()
    {
        string[] blocks = [.. File.ReadAllText(Path.Combine(Manifests.Folder, "README.md")).Split("```yaml\n").Skip(1).Select(static rest => rest.Split("```")[0])];
        string rendered = Manifests.KustomizeFile(blocks[0].Replace("FdExporter/deploy/kubernetes", "{0}", StringComparison.Ordinal) + blocks[^1]);
        Assert.Equal("", Manifests.Findings(rendered));
        Assert.StartsWith("registry.example.com/fd-exporter:", Manifests.Only(rendered, "DaemonSet")["spec"]["template"]["spec"]["containers"][0]["image"].ToString(), StringComparison.Ordinal);
        YamlNode rules = Manifests.Only(rendered, "PrometheusRule");
        Assert.Equal("kube-prometheus-stack", AlertRule.Text(rules, "metadata", "labels", "release"));
        Assert.Equal("https://runbooks.example.net/fd-exporter/", AlertRule.Text(rules["spec"]["groups"][0]["rules"][0], "labels", "url"));
    }

    /// <summary>Side by side and where <c>--path.podlogs</c> is by default; nothing of the node can be changed.</summary>
    [Theory]
    [InlineData("base")]
    [InlineData("overlays/minimal")]
    [InlineData("overlays/full")]
    public void Pod_SeesTheFoldersThatNamePods_AndChangesNothing(string folder)
    {
        YamlNode pod = Manifests.Only(Manifests.Kustomize(folder), "DaemonSet")["spec"]["template"]["spec"];
        Dictionary<string, string> paths = ((YamlSequenceNode)pod["volumes"]).ToDictionary(static each => each["name"].ToString(), static each => each["hostPath"]["path"].ToString());
        YamlNode[] mounts = [.. (YamlSequenceNode)pod["containers"][0]["volumeMounts"]];
        Assert.All(mounts, static mount => Assert.Equal("true", mount["readOnly"].ToString()));
        Assert.Equal(
            [("/host/proc", "/proc"), ("/var/log/containers", "/var/log/containers"), ("/var/log/pods", "/var/log/pods")],
            mounts.Select(mount => (mount["mountPath"].ToString(), paths[mount["name"].ToString()])).Order());
    }

    [Fact]
    public void Image_IsOfThisVersion()
    {
        YamlNode container = Manifests.Only(Manifests.Kustomize("base"), "DaemonSet")["spec"]["template"]["spec"]["containers"][0];
        string version = typeof(Program).Assembly.GetName().Version!.ToString(3);
        Assert.Equal($"fd-exporter:{version}", container["image"].ToString());
    }

    private static string[] Components()
        => [.. Directory.GetDirectories(Path.Combine(Manifests.Folder, "components")).Select(static folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];
}
