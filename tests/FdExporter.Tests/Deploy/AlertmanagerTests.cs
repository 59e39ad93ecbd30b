using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace FdExporter.Tests.Deploy;

/// <summary>Which alert mutes which.</summary>
public partial class AlertmanagerTests
{
    private static readonly YamlNode s_file = AlertRule.Load("alertmanager.yml");

    /// <summary>Muting and muted alerts, as selected by a rule's matchers.</summary>
    private static readonly List<(string Source, string Target, string Equal)> s_inhibitions = [.. ((YamlSequenceNode)s_file["inhibit_rules"])
        .SelectMany(static rule =>
            from source in Selected(rule["source_matchers"])
            from target in Selected(rule["target_matchers"])
            select (source, target, string.Join(' ', ((YamlSequenceNode)rule["equal"]).Select(static label => label.ToString()))))];

    [Fact]
    public void Exporter_ThatIsDownMutesAllOthersOfItsMachine()
        => Assert.Equal(
            AlertRule.All.Select(static alert => alert.Name).Where(static name => name != "FdExporterDown"),
            s_inhibitions.Where(static each => each is { Source: "FdExporterDown", Equal: "job instance" }).Select(static each => each.Target));

    [Theory]
    [InlineData("FdNotAccepted", "job instance group", "FdCloseWaitGrowing FdCloseWaitOld FdListenerQueueFull FdMayLeak")]
    [InlineData("FdCloseWaitFillsLimit", "job instance group", "FdCloseWaitGrowing FdCloseWaitOld FdMayLeak FdProcessExhaustionPredicted FdProcessNearLimit")]
    [InlineData("FdProcessAtLimit", "job instance group", "FdMayLeak FdProcessExhaustionPredicted FdProcessNearLimit")]
    [InlineData("FdProcessExhaustionPredicted", "job instance group", "FdMayLeak FdProcessNearLimit")]
    [InlineData("FdCloseWaitGrowing", "job instance group", "FdCloseWaitOld")]
    [InlineData("FdCloseWaitOld", "job instance group", "FdMayLeak")]
    [InlineData("FdSystemHandlesExhausted", "job instance", "FdExporterCollectorFailing FdExporterEvidenceFailing FdSystemExhaustionPredicted FdSystemHandlesHigh FdSystemHandlesNearMax")]
    [InlineData("FdExporterOutOfHandles", "job instance", "FdExporterCollectorFailing FdExporterEvidenceFailing")]
    [InlineData("FdSystemHandlesNearMax", "job instance", "FdSystemExhaustionPredicted FdSystemHandlesHigh")]
    public void Cause_MutesItsConsequences(string source, string equal, string targets)
        => Assert.Equal(
            targets.Split(' ').Select(target => (source, target, equal)),
            s_inhibitions.Where(each => each.Source == source).OrderBy(static each => each.Target, StringComparer.Ordinal));

    /// <summary>Muted alerts mute too, so a circle of them would notify no receiver.</summary>
    [Fact]
    public void Inhibitions_HaveNoCircle()
    {
        foreach (string alert in AlertRule.All.Select(static alert => alert.Name))
        {
            HashSet<string> muted = [];
            Queue<string> next = new([alert]);
            while (next.TryDequeue(out string? source))
            {
                foreach (string target in s_inhibitions.Where(each => each.Source == source).Select(static each => each.Target).Where(muted.Add))
                {
                    next.Enqueue(target);
                }
            }

            Assert.DoesNotContain(alert, muted);
        }
    }

    /// <summary>Every name in a matcher is that of an alert: a renamed alert would no longer mute anything.</summary>
    [Fact]
    public void Inhibitions_NameAlertsThatExist()
        => Assert.Empty(AlertName().Matches(File.ReadAllText(Path.Combine(AlertRule.Folder, "alertmanager.yml")))
            .Select(static match => match.Value)
            .Except(AlertRule.All.Select(static alert => alert.Name)));

    [Fact]
    public void Route_GathersTheSameLeakOfAllMachines()
        => Assert.Equal(["alertname", "group"], ((YamlSequenceNode)s_file["route"]["group_by"]).Select(static label => label.ToString()));

    private static IEnumerable<string> Selected(YamlNode matchers)
        => AlertRule.All.Select(static alert => alert.Name).Where(name => ((YamlSequenceNode)matchers).All(matcher => Matches(matcher.ToString(), name)));

    private static bool Matches(string matcher, string name)
    {
        Match match = Matcher().Match(matcher);
        Assert.True(match.Success, $"not a matcher of names: {matcher}");
        string value = match.Groups[2].Value;
        return match.Groups[1].Value switch
        {
            "=" => name == value,
            "!=" => name != value,
            _ => Regex.IsMatch(name, $"^(?:{value})$"),
        };
    }

    [GeneratedRegex("^alertname(=|!=|=~)\"([^\"]+)\"$")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\bFd[A-Z]\w+")]
    private static partial Regex AlertName();
}
