using FdExporter.Model;
using FdExporter.Tests.Grafana;
using YamlDotNet.RepresentationModel;

namespace FdExporter.Tests.Deploy;

/// <summary>The examples for many machines send exactly the series that are read at the other end. promtool checks their syntax.</summary>
public class ScrapeExampleTests
{
    [Fact]
    public void Shard_SendsTheRecordedSeriesOfProgramsAndNoOther()
    {
        Assert.Equal(
            RuleFiles.Recorded.Where(static name => name.StartsWith("job:", StringComparison.Ordinal)
                || name.StartsWith("job_group:", StringComparison.Ordinal)
                || name.StartsWith("job_group_alert:", StringComparison.Ordinal)),
            RuleFiles.Recorded.Where(static name => ScrapeExample.Shard.Sends(name)));
        Assert.False(ScrapeExample.Shard.Sends("fd_group_open_fds"));
        Assert.False(ScrapeExample.Shard.Sends("up"));
    }

    [Fact]
    public void Global_FetchesWhatAShardWouldSend()
    {
        YamlNode job = ScrapeExample.Global.Job;
        string regex = Assert.Single((YamlSequenceNode)Assert.Single((YamlSequenceNode)ScrapeExample.Shard.Root["remote_write"])["write_relabel_configs"])["regex"].ToString();
        Assert.Equal($"{{__name__=~\"{regex}\"}}", Assert.Single((YamlSequenceNode)job["params"]["match[]"]).ToString());
        Assert.Equal("true", job["honor_labels"].ToString());
    }

    /// <summary>If only the central Prometheus has the rules, these find all the series that they need; so do the dashboards.</summary>
    [Fact]
    public void Agent_SendsAllThatRulesAndDashboardsRead()
    {
        Selector[] read = [.. RuleFiles.All.Select(static rule => rule.Expression)
            .Concat(Dashboard.All.SelectMany(static dashboard => dashboard.Expressions).Select(static each => each.Expression))
            .SelectMany(static expression => PromQl.Parse(expression).Selectors)
            .Where(static selector => !selector.Metric.Contains(':', StringComparison.Ordinal) && selector.Metric is not "ALERTS" and not "ALERTS_FOR_STATE")];
        Assert.Contains(read, static selector => selector.Metric == "fd_process_tcp_sockets");
        Assert.All(read, static selector =>
        {
            string? state = selector.Matchers.Where(static matcher => matcher is { Label: "state", Operator: "=" }).Select(static matcher => matcher.Value).FirstOrDefault();
            Assert.All(
                state is null ? TcpStateNames.All : [state],
                each => Assert.True(ScrapeExample.Agent.Sends(selector.Metric, each), $"{selector.Metric} in the state {each} is read and not sent"));
        });
    }

    [Fact]
    public void Agent_SendsNothingOfTheTopProcessesSocketsButCloseWait()
        => Assert.Equal(["close_wait"], TcpStateNames.All.Where(static state => ScrapeExample.Agent.Sends("fd_process_tcp_sockets", state)));

    [Theory]
    [InlineData("shard.yml")]
    [InlineData("agent.yml")]
    public void EachMachine_BelongsToOneShard(string file)
    {
        YamlNode[] steps = [.. (YamlSequenceNode)new ScrapeExample(file).Job["relabel_configs"]];
        Assert.Equal(["hashmod", "keep"], steps.Select(static step => step["action"].ToString()));
        Assert.Equal("__address__", Assert.Single((YamlSequenceNode)steps[0]["source_labels"]).ToString());
        Assert.Equal(steps[0]["target_label"], Assert.Single((YamlSequenceNode)steps[1]["source_labels"]));
    }
}
