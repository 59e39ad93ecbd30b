using System.Globalization;

namespace FdExporter.Self;

/// <summary>The listening sockets that the service manager opened for this process. Source: sd_listen_fds(3).</summary>
internal static class PassedSockets
{
    private const int First = 3;
    private const int Most = 1024;

    /// <returns>Their descriptors; empty if none were passed, or if they were passed to another process.</returns>
    internal static IReadOnlyList<int> OfEnvironment() => Of(Environment.GetEnvironmentVariable, Environment.ProcessId);

    internal static IReadOnlyList<int> Of(Func<string, string?> environment, int pid)
        => Number(environment("LISTEN_PID")) == pid && Number(environment("LISTEN_FDS")) is > 0 and <= Most and var count
            ? [.. Enumerable.Range(First, count)]
            : [];

    private static int Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1;
}
