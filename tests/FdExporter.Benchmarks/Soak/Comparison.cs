using System.Diagnostics;
using System.Globalization;

namespace FdExporter.Benchmarks.Soak;

/// <summary>The exporter's numbers against those of <c>ss</c> and <c>ls</c>, on a load that stands still.</summary>
internal static class Comparison
{
    private const int Tries = 60;

    // As ss -tan spells the states.
    private static readonly (string Ss, string Ours)[] s_states =
    [
        ("ESTAB", "established"), ("SYN-SENT", "syn_sent"), ("SYN-RECV", "syn_recv"), ("FIN-WAIT-1", "fin_wait1"), ("FIN-WAIT-2", "fin_wait2"),
        ("TIME-WAIT", "time_wait"), ("UNCONN", "close"), ("CLOSE-WAIT", "close_wait"), ("LAST-ACK", "last_ack"), ("LISTEN", "listen"), ("CLOSING", "closing"),
    ];

    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(100);

    /// <summary>What differs, however often it is looked at; null if nothing does.</summary>
    internal static async Task<string?> DifferenceAsync(Func<Task<Exposed>> scrape, IReadOnlyList<int> pids)
    {
        for (int i = 1; ; i++)
        {
            Exposed exposed = await scrape().ConfigureAwait(false);
            string ours = $"{States(exposed)} {Fds(exposed, pids)}";
            string theirs = $"{await SsAsync().ConfigureAwait(false)} {await LsAsync(pids).ConfigureAwait(false)}";
            if (ours == theirs)
            {
                return null;
            }

            if (i == Tries)
            {
                return $"drift: exporter {ours}, ss and ls {theirs}";
            }

            // Somebody's last packet is still under way.
            await Task.Delay(s_between).ConfigureAwait(false);
        }
    }

    private static string States(Exposed exposed)
        => string.Join(' ', s_states.Select(each => $"{each.Ours}={exposed.Value($"fd_tcp_sockets{{netns=\"host\",state=\"{each.Ours}\"}}")}"));

    private static string Fds(Exposed exposed, IReadOnlyList<int> pids)
        => string.Join(' ', pids.Select(pid => $"{pid}:{exposed.OfProcess("fd_process_open_fds", pid)}"));

    private static async Task<string> SsAsync()
    {
        string[] lines = (await RunAsync("ss", "-Htan").ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        ILookup<string, string> states = lines.ToLookup(static line => line[..line.IndexOf(' ', StringComparison.Ordinal)]);
        return string.Join(' ', s_states.Select(each => $"{each.Ours}={states[each.Ss].Count()}"));
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
