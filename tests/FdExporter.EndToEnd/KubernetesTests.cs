using System.Text.Json;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Deploy;
using FdExporter.Tests.Testing;
using YamlDotNet.RepresentationModel;

namespace FdExporter.EndToEnd;

/// <summary>What the exporter of deploy/kubernetes sees, and the labels that Prometheus adds.</summary>
public sealed class KubernetesTests
{
    [Theory]
    [InlineData("base", "the owner", "full")]
    [InlineData("overlays/full", "the owner", "full")]
    [InlineData("overlays/minimal", "[unknown]", "count_only")]
    [InlineData("base", "the owner", "full", "pod-network")]
    [InlineData("overlays/minimal", "[unknown]", "count_only", "pod-network")]
    public async Task Pod_SeesTheNodesSocketsAndThoseOfOtherPods(string folder, string owner, string visibility, params string[] components)
    {
        await using LeakLab node = await LeakLab.StartAsync("close-wait", "--count", "28", "--name", "of-node", "--hold-peer");
        await using LeakLab other = await LeakLab.StartAsAsync(
            "unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh", LeakLab.Binary, "close-wait", "--count", "33", "--name", "of-pod", "--hold-peer");
        YamlNode spec = Pod.SpecOf(Manifests.Kustomize(folder, components));
        await using Pod pod = await Pod.StartAsync(spec);
        Metrics metrics = Metrics.Parse(await pod.GetAsync("/metrics"));
        bool knowsOwners = owner != "[unknown]";
        Assert.Equal(28, metrics[$"fd_close_wait_sockets{{group=\"{(knowsOwners ? "of-node" : owner)}\",direction=\"outbound\",address=\"127.0.0.1:{node.Port}\",cause=\"not_closed\"}}"]);
        Assert.Equal(33, metrics[$"fd_close_wait_sockets{{group=\"{(knowsOwners ? "of-pod" : owner)}\",direction=\"outbound\",address=\"127.0.0.1:{other.Port}\",cause=\"not_closed\"}}"]);
        Assert.True(metrics["fd_group_open_fds{group=\"of-node\"}"] >= 28);
        Assert.Equal(knowsOwners, metrics.With("fd_group_fds", ("group", "of-pod")).Any());
        Assert.True(metrics[$"fd_exporter_processes{{visibility=\"{visibility}\"}}"] >= 4);
        Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
        Assert.Equal(knowsOwners, !pod.Output.Contains("level=WARN", StringComparison.Ordinal));
    }

    /// <summary>The table of deploy/kubernetes/README.md.</summary>
    [Theory]
    [InlineData("base", 0, "ok tcp by sock_diag as text", "CAP_SYS_ADMIN")]
    [InlineData("overlays/full", 0, "ok tcp by sock_diag by netlink")]
    [InlineData("overlays/minimal", 1, "ok tcp by sock_diag as text", "CAP_SYS_PTRACE CAP_DAC_READ_SEARCH CAP_SYS_ADMIN")]
    [InlineData("base", 0, "note tcp by procfs as text", "CAP_SYS_ADMIN", "pod-network")]
    [InlineData("overlays/full", 0, "ok tcp by sock_diag by netlink", "", "pod-network")]
    [InlineData("overlays/minimal", 1, "note tcp by procfs as text", "CAP_SYS_PTRACE CAP_DAC_READ_SEARCH CAP_SYS_ADMIN", "pod-network")]
    public async Task Check_InThePod_SaysWhatTheReadmeSays(string folder, int exitCode, string tcp, string missing = "", params string[] components)
    {
        await using LeakLab other = await LeakLab.StartAsAsync(
            "unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh", LeakLab.Binary, "close-wait", "--count", "5", "--hold-peer");
        (int code, string output) = await Pod.CheckAsync(Pod.SpecOf(Manifests.Kustomize(folder, components)));
        Assert.True(exitCode == code, output);

        // Text that does not fit into a line continues in the column of what was found.
        string[] lines = output.Replace("\n                           ", " ", StringComparison.Ordinal).Split('\n');
        string[] status = tcp.Split(' ');
        string line = Assert.Single(lines, static each => each.Contains(" tcp ", StringComparison.Ordinal));
        Assert.Matches($"^{status[0]} +tcp +{status[2]} {status[3]}( \\([^)]+\\))?; other network namespaces: [0-9]+ {status[4]} {status[5]}$", line);
        Assert.Equal(
            missing.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            lines.Where(static each => each.StartsWith("note   CAP_", StringComparison.Ordinal) && each.Contains("not held", StringComparison.Ordinal))
                .Select(static each => each.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
        Assert.Equal(exitCode == 1, output.Contains("blind  socket_owners", StringComparison.Ordinal));
        Assert.Equal(2, lines.Count(static each => each.StartsWith("ok     listen", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("livenessProbe")]
    [InlineData("readinessProbe")]
    public async Task Probes_AreAnswered(string probe)
    {
        await using Pod pod = await Pod.StartAsync(Pod.SpecOf(Manifests.Kustomize("overlays/minimal")));
        Assert.Equal(0, (await pod.ProbeAsync(probe)).ExitCode);
    }

    /// <summary>
    /// The Secret is readable through the group, or through root's capability; the probes know neither password nor authority.
    /// </summary>
    [Theory]
    [InlineData("base")]
    [InlineData("overlays/minimal")]
    public async Task ProbesBehindTlsAndPassword_AreAnswered(string folder)
    {
        string files = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        using Certificates certificates = new(files);
        certificates.IssueServer("server");
        File.WriteAllText(
            certificates.PathOf("web.yml"),
            $"{SecuredExporter.ServerFiles}basic_auth_users:\n  prometheus: {SecuredExporter.SecretHash}\n");
        try
        {
            await using Pod pod = await Pod.StartAsync(
                Pod.SpecOf(Manifests.Kustomize(folder, "web-config")),
                certificates.PathOf("web.yml"), certificates.PathOf("server.crt"), certificates.PathOf("server.key"));
            foreach (string probe in new[] { "livenessProbe", "readinessProbe" })
            {
                Assert.Equal((0, ""), await pod.ProbeAsync(probe));
            }
        }
        finally
        {
            Directory.Delete(files, recursive: true);
        }
    }

    /// <summary>
    /// The labels that the operator makes Prometheus add are those of the exporter's own pod. Three of them have the names of ours.
    /// </summary>
    [Fact]
    public async Task PodMonitor_LeavesOurLabelsAlone_AndNamesTheNode()
    {
        YamlNode endpoint = Manifests.Only(Manifests.Kustomize("monitoring"), "PodMonitor")["spec"]["podMetricsEndpoints"][0];
        await AssertScrapedAsync(
            $$"""
            - job_name: podMonitor/fd-exporter/fd-exporter/0
              {0}
              relabel_configs:
                # As the operator begins: github.com/prometheus-operator/prometheus-operator, pkg/prometheus/promcfg.go.
                - {target_label: namespace, replacement: fd-exporter}
                - {target_label: container, replacement: fd-exporter}
                - {target_label: pod, replacement: fd-exporter-abcde}
                - {target_label: job, replacement: fd-exporter/fd-exporter}
                - {target_label: endpoint, replacement: metrics}
            {{RelabelConfigs(endpoint["relabelings"])}}
            """,
            ("namespace", "fd-exporter"));
    }

    /// <summary>Without its service discovery, which Debian's Prometheus does not have.</summary>
    [Fact]
    public async Task ScrapeJobOfTheReadme_DoesTheSame()
    {
        string job = File.ReadAllText(Path.Combine(Manifests.Folder, "README.md")).Split("```yaml\n- job_name")[1].Split("```")[0];
        const string Discovery = "kubernetes_sd_configs: [{role: pod, namespaces: {names: [fd-exporter]}}]";
        Assert.Contains(Discovery, job, StringComparison.Ordinal);
        await AssertScrapedAsync($"- job_name{job.Replace(Discovery, "{0}", StringComparison.Ordinal)}");
    }

    /// <param name="job">From Prometheus' configuration; {0} is the address of the exporter.</param>
    /// <param name="more">Labels besides the exporter's own, the job and the node.</param>
    private static async Task AssertScrapedAsync(string job, params (string Name, string Value)[] more)
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "28", "--name", "appserver", "--hold-peer");
        await using Exporter exporter = await Exporter.StartAsync();
        string folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        try
        {
            string found = $"static_configs: [{{targets: ['{exporter.Address.Authority}'], labels: "
                + "{__meta_kubernetes_pod_node_name: node-7, __meta_kubernetes_pod_container_port_name: metrics}}]";
            File.WriteAllText(
                Path.Combine(folder, "prometheus.yml"),
                $"global: {{scrape_interval: 1s, scrape_timeout: 1s}}\nscrape_configs:\n{job.Replace("{0}", found, StringComparison.Ordinal)}");
            int port = FreePort.Find();
            await using Child prometheus = Child.Start(
                "prometheus", $"--config.file={folder}/prometheus.yml", $"--storage.tsdb.path={folder}/data", $"--web.listen-address=127.0.0.1:{port}");
            using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            string query = "/api/v1/query?query=" + Uri.EscapeDataString("fd_close_wait_sockets{group=\"appserver\",cause=\"not_closed\"} == 28");
            Dictionary<string, string>[] series = [];
            await Eventually.TrueAsync(
                async () => (series = await LabelsAsync(client, query)).Length > 0,
                () => $"not scraped:\n{prometheus.Output}");
            (string Name, string Value)[] expected =
            [
                ("__name__", "fd_close_wait_sockets"), ("cause", "not_closed"), ("direction", "outbound"), ("address", $"127.0.0.1:{lab.Port}"),
                ("group", "appserver"), ("instance", "node-7"), ("job", "fd-exporter"), ("node", "node-7"), .. more,
            ];
            Assert.Equal(
                expected.OrderBy(static each => each.Name, StringComparer.Ordinal),
                Assert.Single(series).Select(static each => (each.Key, each.Value)).OrderBy(static each => each.Key, StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Converts the operator's spelling to that of Prometheus.</summary>
    private static string RelabelConfigs(YamlNode relabelings)
        => string.Concat(((YamlSequenceNode)relabelings).Cast<YamlMappingNode>().Select(static each => "    - {" + string.Join(", ", each.Children.Select(static field
            => $"{Renamed(field.Key.ToString())}: {(field.Value is YamlSequenceNode ? field.Value.ToString() : $"'{field.Value}'")}")) + "}\n"));

    private static string Renamed(string field) => field switch
    {
        "sourceLabels" => "source_labels",
        "targetLabel" => "target_label",
        _ => field,
    };

    private static async Task<Dictionary<string, string>[]> LabelsAsync(HttpClient client, string query)
    {
        try
        {
            using JsonDocument answer = JsonDocument.Parse(await client.GetStringAsync(query));
            return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
                .Select(static series => series.GetProperty("metric").EnumerateObject().ToDictionary(static label => label.Name, static label => label.Value.GetString()!))];
        }
        catch (HttpRequestException)
        {
            return [];
        }
    }
}
