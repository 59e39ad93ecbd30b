using System.Globalization;

namespace LeakLab.Workers;

/// <summary>What the lab asks of a worker: the hidden verb `worker`, with this as its command line.</summary>
/// <param name="Connections">To itself, so that each has two descriptors of the worker.</param>
/// <param name="Replace">So many of them are replaced each second.</param>
/// <param name="ProbeEvery">One more connection, for a moment; null for none.</param>
/// <param name="ProbeAfter">When the first of these is made.</param>
/// <param name="BringUpLoopback">In a network namespace of its own.</param>
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
