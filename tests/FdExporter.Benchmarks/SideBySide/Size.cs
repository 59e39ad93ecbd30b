using System.Globalization;
using System.Text.RegularExpressions;

namespace FdExporter.Benchmarks.SideBySide;

/// <summary>The size of a machine: <c>1000x100+200000</c>.</summary>
internal sealed partial record Size(int Processes, int Fds, int Sockets)
{
    /// <summary>At most this many of the sockets are in CLOSE_WAIT.</summary>
    private const int MostCloseWait = 2000;

    internal static Size Parse(string text)
    {
        Match match = Pattern().Match(text);
        return match.Success
            ? new Size(Number(1), Number(2), Number(3))
            : throw new ArgumentException($"--size: expected PROCESSESxFDS+SOCKETS, such as 1000x100+200000: '{text}'");

        int Number(int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
    }

    /// <summary>Starts the load of this size; disposing of the result ends it.</summary>
    internal IReadOnlyList<Lab> Start()
    {
        List<Lab> labs = [];
        if (Processes > 0)
        {
            labs.Add(Lab.Start("processes", "--processes", Text(Processes), "--fds", Text(Fds)));
        }

        // Both sockets of each connection are on this machine.
        int closeWait = Math.Min(MostCloseWait, Sockets / 4);
        if (closeWait > 0)
        {
            labs.Add(Lab.Start("close-wait", "--count", Text(closeWait), "--hold-peer", "--name", "leaker"));
        }

        for (int left = (Sockets / 2) - closeWait; left > 0; left -= 10_000)
        {
            labs.Add(Lab.Start("established", "--count", Text(Math.Min(left, 10_000))));
        }

        return labs;
    }

    public override string ToString()
        => FormattableString.Invariant($"{Processes:#,0} processes with {Fds:#,0} descriptors each, {(Sockets == 0 ? "almost no sockets" : FormattableString.Invariant($"{Sockets:#,0} sockets"))}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("^([0-9]{1,5})x([0-9]{1,5})\\+([0-9]{1,6})$")]
    private static partial Regex Pattern();
}
