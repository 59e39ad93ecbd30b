using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>
/// A monitor of the Prometheus Operator without its own relabelling. The labels that it adds to targets are those of the
/// exporter's pod, and none of ours has the same name: Prometheus would rename ours, and the rules would not match.
/// </summary>
public class OperatorLabelsTests
{
    // The operator's default relabelling, with the job that the rules need: github.com/prometheus-operator/prometheus-operator, pkg/prometheus/promcfg.go.
    private const string PodMonitor =
        """
            - {target_label: namespace, replacement: fd-exporter}
            - {target_label: container, replacement: fd-exporter}
            - {target_label: pod, replacement: fd-exporter-abcde}
            - {target_label: job, replacement: fd-exporter}
            - {target_label: endpoint, replacement: metrics}
        """;

    private const string ServiceMonitor =
        """
            - {target_label: node, replacement: node-7}
            - {target_label: namespace, replacement: fd-exporter}
            - {target_label: service, replacement: fd-exporter}
            - {target_label: pod, replacement: fd-exporter-abcde}
            - {target_label: container, replacement: fd-exporter}
            - {target_label: job, replacement: fd-exporter}
            - {target_label: endpoint, replacement: metrics}
        """;

    [Theory]
    [InlineData(PodMonitor)]
    [InlineData(ServiceMonitor)]
    public async Task Rules_OnTargetsOfTheOperator_NeedNoExportedLabel(string relabelling)
    {
        await using LeakLab lab = await LeakLab.StartAsync("close-wait", "--count", "28", "--name", "appserver", "--hold-peer");
        await using Exporter exporter = await Exporter.StartAsync();
        string folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        try
        {
            ShortenedRules.WriteRules(folder);
            string configuration = Path.Combine(folder, "prometheus.yml");
            File.WriteAllText(
                configuration,
                $$"""
                global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
                rule_files: [fd-exporter.rules.yml]
                scrape_configs:
                - job_name: monitoring/fd-exporter/0
                  honor_labels: false
                  static_configs: [{targets: ['{{exporter.Address.Authority}}']}]
                  relabel_configs:
                {{relabelling}}
                """);
            await using PrometheusServer prometheus = PrometheusServer.Start(configuration, Path.Combine(folder, "data"));
            string of = $"{{group=\"appserver\",cause=\"not_closed\",address=\"127.0.0.1:{lab.Port}\"}} == 28";
            await Eventually.TrueAsync(
                async () => (await prometheus.QueryAsync("instance_group_address:fd_close_wait_sockets:min10m" + of)).Count == 1
                    && (await prometheus.QueryAsync("instance_group_of:fd_growth:value{group=\"appserver\",of=\"close_wait\"} == 28")).Count == 1,
                () => $"not recorded:\n{prometheus.Output}");

            Assert.DoesNotContain(
                (await prometheus.QueryAsync("{__name__=~\".+\"}")).SelectMany(static series => series.Labels.Keys),
                static label => label.StartsWith("exported_", StringComparison.Ordinal));
            Assert.Equal("fd-exporter-abcde", Assert.Single(await prometheus.QueryAsync("fd_process_info{group=\"appserver\"}")).Labels["pod"]);
            Assert.DoesNotContain("Evaluating rule failed", prometheus.Output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
