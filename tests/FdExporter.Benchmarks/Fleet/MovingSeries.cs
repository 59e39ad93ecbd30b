using System.Globalization;

namespace FdExporter.Benchmarks.Fleet;

/// <summary>
/// One line of an answer, and how its number changes from scrape to scrape. No figures of a real fleet were available; these
/// guesses err on the high side: half of all levels change from one scrape to the next.
/// </summary>
/// <param name="Text">The part before the number: <c>fd_group_open_fds{group="sshd"}</c>; the whole line of a comment.</param>
/// <param name="Pid">0 if the line has none.</param>
internal sealed record MovingSeries(string Text, int Pid, double Value, Movement Movement)
{
    private const string PidLabel = "pid=\"";

    internal bool IsSeries => Movement != Movement.Comment;

    internal static MovingSeries Parse(string line)
    {
        if (line[0] == '#')
        {
            return new MovingSeries(line, 0, 0, Movement.Comment);
        }

        int blank = line.LastIndexOf(' ');
        string text = line[..blank];
        int at = text.IndexOf(PidLabel, StringComparison.Ordinal) + PidLabel.Length;
        int pid = at < PidLabel.Length || text[at] == '"' ? 0 : int.Parse(text.AsSpan(at, text.IndexOf('"', at) - at), CultureInfo.InvariantCulture);
        double value = double.Parse(line.AsSpan(blank + 1).ToString().Replace("+Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        return new MovingSeries(text, pid, value, MovementOf(text.Split('{')[0], value));
    }

    /// <summary>The text with the pid that this process has on another machine.</summary>
    internal string TextWith(int pid) => Pid == 0 ? Text : Text.Replace($"{PidLabel}{Pid}\"", $"{PidLabel}{pid}\"", StringComparison.Ordinal);

    internal double Next(double value, double seconds, bool leaks, Random random) => Movement switch
    {
        Movement.Level when leaks && Text.StartsWith("fd_close_wait", StringComparison.Ordinal) => value + 1,
        Movement.Level when value > 0 && random.Next(2) == 0 => Math.Max(0, value + (random.Next(2) == 0 ? 1 : -1) * (1 + Math.Floor(value / 100))),
        Movement.Share when random.Next(2) == 0 => value * (random.Next(2) == 0 ? 1.01 : 0.99),
        Movement.Noise => value * (0.8 + (0.4 * random.NextDouble())),
        Movement.Count => value + 1,
        Movement.Cpu => value + (0.004 * (0.8 + (0.4 * random.NextDouble()))),
        Movement.Age when value > 0 => value + seconds,
        _ => value,
    };

    private static Movement MovementOf(string family, double value) => family switch
    {
        "fd_exporter_scrapes_total" or "fd_exporter_scans_total" or "fd_exporter_walked_fds_total" or "http_requests_received_total" => Movement.Count,
        "process_cpu_seconds_total" => Movement.Cpu,
        "fd_exporter_collector_duration_seconds" => Movement.Noise,
        "fd_close_wait_oldest_seconds" => Movement.Age,
        "fd_group_max_process_fd_ratio" => Movement.Share,
        "process_resident_memory_bytes" or "fd_system_handles_allocated" => Movement.Level,
        _ when family.EndsWith("_sockets", StringComparison.Ordinal) || family.EndsWith("_fds", StringComparison.Ordinal)
            || family is "fd_group_processes" or "fd_exporter_processes" => double.IsFinite(value) ? Movement.Level : Movement.None,
        _ => Movement.None,
    };
}
