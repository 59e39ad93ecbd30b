using System.Globalization;

namespace LeakLab.Workers;

/// <summary>The lab's request to a worker: the hidden verb `worker`, with this as its command line.</summary>
/// <param name="Connections">Connections to itself, so that each uses two descriptors of the worker.</param>
/// <param name="Replace">Number of connections that are replaced each second.</param>
/// <param name="ProbeEvery">Interval of an additional short connection; null for none.</param>
/// <param name="ProbeAfter">Time of the first of these.</param>
/// <param name="BringUpLoopback">For a new network namespace.</param>
internal sealed record WorkerSettings(
    string Name, int Connections, double? Replace, TimeSpan? ProbeEvery, TimeSpan? ProbeAfter, bool BringUpLoopback)
{
    internal IEnumerable<string> ToArguments() =>
    [
        "worker", "--name", Name, "--connections", Connections.ToString(CultureInfo.InvariantCulture),
        .. Replace is double rate ? ["--replace", rate.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>(),
        .. ProbeEvery is TimeSpan every ? ["--probe-every", Milliseconds(every)] : Array.Empty<string>(),
        .. ProbeAfter is TimeSpan after ? ["--probe-after", Milliseconds(after)] : Array.Empty<string>(),
        .. BringUpLoopback ? ["--bring-up-loopback"] : Array.Empty<string>(),
    ];

    private static string Milliseconds(TimeSpan time) => $"{time.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)}ms";
}
