using System.Globalization;

namespace FdExporter.Benchmarks.SideBySide;

/// <summary>A machine to look at.</summary>
/// <param name="Start">Makes it so; what it returns ends it.</param>
internal sealed record Situation(string Name, Func<IReadOnlyList<Lab>> Start)
{
    private const int Programs = 8;

    internal static Situation Parse(string text) => text switch
    {
        "standing" => new("standing: 1,000 processes with 100 descriptors each; 100,000 sockets in CLOSE_WAIT and 100,000 in FIN_WAIT2; nothing changes", static () =>
            [Lab.Start("processes", "--processes", "1000", "--fds", "100"), .. Leaks(12_500)]),
        "proxy" => new("proxy: 8 processes with 15,000 sockets each; 4,000 connections are replaced per second", static () =>
            [Lab.Start("churn", "--processes", Text(Programs), "--connections", "7500", "--rate", "250", "--name", "proxy")]),

        // Fewer than 14,000 at first, since they grow while they are measured, and a process may have 20,000.
        "growing-leak" => new("growing leak: 8 processes with about 14,000 sockets in CLOSE_WAIT each; each leaks 20 more per second", static () =>
            [.. Leaks(12_000, "--grow", "20")]),
        "pods" => new("pods: 100 network namespaces, each with a listener, 20 connections and a health check every 10 s", static () =>
            [Lab.Start("pods", "--count", "100", "--connections", "20", "--probe-every", "10s", "--name", "pod")]),
        "nothing" => new("nothing: the same machine without load", static () => []),
        _ => throw new ArgumentException($"--situation: expected standing, proxy, growing-leak, pods or nothing: '{text}'"),
    };

    internal static Situation Of(Size size) => new(size.ToString(), size.Start);

    private static IEnumerable<Lab> Leaks(int count, params string[] more)
        => Enumerable.Range(0, Programs).Select(_ => Lab.Start(["close-wait", "--count", Text(count), "--hold-peer", "--name", "leaker", .. more]));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
