using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FdExporter.Configuration;
using FdExporter.Model;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter top</c>: the processes that hold most descriptors, once, in 80 columns.</summary>
internal static partial class TopCommand
{
    private const string Unknown = "?";

    internal static ImmutableArray<(string Name, TopOrder Order)> Orders { get; } =
        [("fds", TopOrder.Fds), ("ratio", TopOrder.Ratio), ("close_wait", TopOrder.CloseWait)];

    internal static TopOrder OrderOf(string name) => Orders.First(each => each.Name == name).Order;

    internal static int Run(ExporterOptions options, TopOrder order, bool json) => OneScan.Print(options, (_, snapshot) =>
    {
        if (snapshot.Processes is not { } table)
        {
            string? error = snapshot.Outcomes.FirstOrDefault(static outcome => outcome.Collector == Collectors.Process)?.Error;
            throw new IOException(error ?? "the collector process is switched off");
        }

        IReadOnlyList<TopRow> rows = TopRow.Of(table, snapshot.Ownership, order, options.TopProcesses);
        return json ? JsonSerializer.Serialize(rows, TopJson.Default.IReadOnlyListTopRow) + "\n" : Table(rows);
    });

    //     FDS     LIMIT  USED SOCKETS CLOSE_WAIT     PID USER     PROGRAM
    //    9930     65536   15%    9861       9812   11342 payment  appserver
    internal static string Table(IReadOnlyList<TopRow> rows)
    {
        StringBuilder table = new();
        Line("FDS", "LIMIT", "USED", "SOCKETS", "CLOSE_WAIT", "PID", "USER", "PROGRAM");
        foreach (TopRow row in rows)
        {
            string limit = row.SoftLimit is { } soft ? Text(soft) : row.FdRatio is null ? Unknown : "unlimited";
            string used = row.FdRatio is not { } ratio ? Unknown
                : row.SoftLimit is null ? "-"
                : double.IsInfinity(ratio) ? ">999%"
                : $"{Text((long)Math.Min(ratio * 100, 9999))}%";
            Line(Text(row.OpenFds), limit, used, Text(row.TcpSockets), Text(row.CloseWait), Text(row.Pid), row.User, row.Group);
        }

        return table.ToString();

        void Line(string fds, string limit, string used, string sockets, string closeWait, string pid, string user, string program)
        {
            string line = $"{fds,7} {limit,9} {used,5} {sockets,7} {closeWait,10} {pid,7} {Cell(user, 8),-8} {Cell(program, 20)}";
            table.Append(line.TrimEnd()).Append('\n');
        }
    }

    private static string Text<T>(T? number)
        where T : struct, IFormattable
        => number?.ToString(null, CultureInfo.InvariantCulture) ?? Unknown;

    private static string Text<T>(T number)
        where T : struct, IFormattable
        => number.ToString(null, CultureInfo.InvariantCulture);

    // Cut to its column; what a terminal would obey is shown as a question mark.
    private static string Cell(string text, int width)
    {
        string safe = Printable.Of(text);
        return safe.Length <= width ? safe : string.Concat(safe.AsSpan(0, width - 1), "~");
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n",
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    [JsonSerializable(typeof(IReadOnlyList<TopRow>))]
    private sealed partial class TopJson : JsonSerializerContext;
}
