using System.Diagnostics;
using System.Globalization;

namespace FdExporter.Benchmarks.Soak;

/// <summary>Compares the exporter's numbers with those of <c>ss</c> and <c>ls</c>, on a load that is paused.</summary>
internal static class Comparison
{
    // The spelling of ss -tan.
    private static readonly (string Ss, string Ours)[] s_states =
    [
        ("ESTAB", "established"), ("SYN-SENT", "syn_sent"), ("SYN-RECV", "syn_recv"), ("FIN-WAIT-1", "fin_wait1"), ("FIN-WAIT-2", "fin_wait2"),
        ("TIME-WAIT", "time_wait"), ("UNCONN", "close"), ("CLOSE-WAIT", "close_wait"), ("LAST-ACK", "last_ack"), ("LISTEN", "listen"), ("CLOSING", "closing"),
    ];

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    /// <summary>A difference that remains after several attempts; null if there is none.</summary>
    internal static async Task<string?> DifferenceAsync(Func<Task<Exposed>> scrape, SoakLoad load)
    {
        IReadOnlyList<int> pids = load.Pids;
        IReadOnlyList<int> owners = load.Owners;
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            Exposed exposed = await scrape().ConfigureAwait(false);
            string ours = $"{States(exposed, owners.Count > 0 ? "" : "netns=\"host\"")} {Fds(exposed, pids)} {Owned(exposed, owners)}";
            string[] sockets = await SsAsync(owners, load.Namespaces > 0).ConfigureAwait(false);
            string theirs = $"{States(sockets)} {await LsAsync(pids).ConfigureAwait(false)} {Owned(sockets, owners)}";
            if (ours == theirs)
            {
                return null;
            }

            if (watch.Elapsed > load.Timeout)
            {
                return $"difference: exporter {ours}, ss and ls {theirs}";
            }

            // The last packet of a connection may still be in flight.
            await Task.Delay(s_interval).ConfigureAwait(false);
        }
    }

    private static string States(Exposed exposed, string netns)
        => string.Join(' ', s_states.Select(each => $"{each.Ours}={exposed.Sum("fd_tcp_sockets{", netns, $"state=\"{each.Ours}\"")}"));

    private static string Fds(Exposed exposed, IReadOnlyList<int> pids)
        => string.Join(' ', pids.Select(pid => $"{pid}:{exposed.Sum("fd_process_open_fds{", PidLabel(pid))}"));

    private static string Owned(Exposed exposed, IReadOnlyList<int> owners)
        => string.Join(' ', owners.Select(pid => $"{pid}={exposed.Sum("fd_process_tcp_sockets{", PidLabel(pid))}"));

    private static string PidLabel(int pid) => $"pid=\"{pid}\"";

    // With owners ss takes seconds, so they are requested only if needed; each namespace by itself, or all in this one.
    private static async Task<string[]> SsAsync(IReadOnlyList<int> owners, bool isInNamespaces)
    {
        string options = owners.Count > 0 ? "-Htanp" : "-Htan";
        string lines = await RunAsync("ss", options).ConfigureAwait(false);
        foreach (int pid in isInNamespaces ? owners : [])
        {
            lines += await RunAsync("nsenter", $"--net=/proc/{pid}/ns/net", "ss", options).ConfigureAwait(false);
        }

        return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string States(string[] lines)
    {
        ILookup<string, string> states = lines.ToLookup(static line => line[..line.IndexOf(' ', StringComparison.Ordinal)]);
        return string.Join(' ', s_states.Select(each => $"{each.Ours}={states[each.Ss].Count()}"));
    }

    private static string Owned(string[] lines, IReadOnlyList<int> owners)
    {
        Dictionary<string, int> counts = lines.Where(static line => line.Contains(",pid=", StringComparison.Ordinal))
            .CountBy(static line => line.Split(",pid=")[1].Split(',')[0]).ToDictionary();
        return string.Join(' ', owners.Select(pid => $"{pid}={counts.GetValueOrDefault(pid.ToString(CultureInfo.InvariantCulture))}"));
    }

    private static async Task<string> LsAsync(IReadOnlyList<int> pids)
    {
        string counts = await RunAsync("sh", ["-c", "for pid; do ls /proc/$pid/fd | wc -l; done", "sh", .. pids.Select(static pid => pid.ToString(CultureInfo.InvariantCulture))]).ConfigureAwait(false);
        return string.Join(' ', pids.Zip(counts.Split('\n'), static (pid, count) => $"{pid}:{count.Trim()}"));
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        await process.WaitForExitAsync().ConfigureAwait(false);
        return output;
    }
}
