using System.Globalization;
using System.Text;
using FdExporter.Diagnosis.Findings;
using FdExporter.Model;
using FdExporter.Web.Serving;

namespace FdExporter.Benchmarks.Quiet;

/// <summary>What was said of each server, and of the machine: sentences of the verdict, alerts of the rules.</summary>
internal sealed class QuietReport(IReadOnlyList<QuietServer> servers)
{
    private const string Machine = "all others";

    private readonly Dictionary<string, long> _mostFds = [];
    private readonly Dictionary<string, int> _scans = [];
    private readonly Dictionary<(string Server, string Rule, string Subject), Sentence> _sentences = [];
    private readonly List<(string Server, string Alert)> _alerts = [];

    internal bool IsQuiet => _sentences.Count == 0 && _alerts.Count == 0;

    internal void Add(int minute, HostView view)
    {
        HashSet<string> seen = [];
        foreach (ProcessSample process in view.Host.Snapshot.Processes!.Processes)
        {
            string server = ServerOf(process.Facts.Group);
            _mostFds[server] = Math.Max(_mostFds.GetValueOrDefault(server), process.OpenFds ?? 0);
            if (seen.Add(server))
            {
                _scans[server] = _scans.GetValueOrDefault(server) + 1;
            }
        }

        foreach (Finding finding in view.Verdict.Findings)
        {
            string server = servers.FirstOrDefault(each => each.IsMeantBy(finding))?.Name ?? Machine;
            (string, string, string) key = (server, finding.Rule, finding.Subject);
            Sentence known = _sentences.GetValueOrDefault(key) ?? new Sentence(minute, minute, 0, finding.Severity, finding.Text);
            _sentences[key] = known with
            {
                Last = minute,
                Scans = known.Scans + 1,
                Worst = finding.Severity < known.Worst ? finding.Severity : known.Worst,
                Text = finding.Severity < known.Worst ? finding.Text : known.Text,
            };
        }
    }

    /// <param name="labels">Of one series of ALERTS that has been firing.</param>
    internal void AddAlert(IReadOnlyDictionary<string, string> labels)
        => _alerts.Add((ServerOf(labels.GetValueOrDefault("group", "")), string.Join(' ', labels.Where(static label => label.Key is not ("__name__" or "job" or "instance" or "alertstate")).Select(static label => $"{label.Key}={label.Value}"))));

    internal string Table()
    {
        StringBuilder table = new("| server | operations | scans with it | most descriptors of a process | findings | alerts |\n|---|---|---:|---:|---:|---:|\n");
        foreach ((string name, string done) in servers.Select(static each => (each.Name, each.Done)).Append((Machine, "")))
        {
            table.Append(CultureInfo.InvariantCulture, $"| {name} | {done} | {_scans.GetValueOrDefault(name)} | {_mostFds.GetValueOrDefault(name)} | {_sentences.Count(each => each.Key.Server == name)} | {_alerts.Count(each => each.Server == name)} |\n");
        }

        foreach (((string server, string rule, _), Sentence said) in _sentences.OrderBy(static each => each.Value.First))
        {
            table.Append(CultureInfo.InvariantCulture, $"\n{server}: finding {rule} ({said.Worst}) in {said.Scans} scans, minutes {said.First} to {said.Last}: {said.Text}");
        }

        foreach ((string server, string alert) in _alerts)
        {
            table.Append(CultureInfo.InvariantCulture, $"\n{server}: alert {alert}");
        }

        return table.Append('\n').ToString();
    }

    private string ServerOf(string program) => servers.FirstOrDefault(each => each.Programs.Contains(program))?.Name ?? Machine;

    /// <param name="First">The minute in which it was said first.</param>
    /// <param name="Text">As it was first said in its most severe form.</param>
    private sealed record Sentence(int First, int Last, int Scans, Severity Worst, string Text);
}
