using System.Globalization;
using System.Text.Json;
using FdExporter.Cli.Terminals;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.History;
using FdExporter.Documents;
using FdExporter.Model;

namespace FdExporter.Cli;

/// <summary>What <c>fd-exporter top</c> shows after one scan.</summary>
/// <param name="Rows">All processes, in the requested order.</param>
/// <param name="ChangeOver">Time since the first scan; null if this is the only one.</param>
internal sealed record TopView(HostSnapshot Snapshot, IReadOnlyList<ProcessRow> Rows, TimeSpan? ChangeOver)
{
    /// <exception cref="IOException">There are no processes to show.</exception>
    internal static TopView Of(HostSnapshot snapshot, ProcessOrder order, FdBaseline? first, TimeSpan? changeOver)
    {
        if (snapshot.Processes is null)
        {
            string? error = snapshot.Outcomes.FirstOrDefault(static outcome => outcome.Collector == Collectors.Process)?.Error;
            throw new IOException(error ?? "the collector process is disabled");
        }

        IEnumerable<ProcessRow> rows = ProcessRow.Of(snapshot, new HostHistory(TimeProvider.System))
            .Select(row => row with { FdChange = first?.ChangeOf(row.Sample) });
        return new TopView(snapshot, [.. ProcessRow.InOrder(rows, order)], changeOver);
    }

    /// <summary>The document of <c>/api/v1/processes</c>.</summary>
    internal string Json(int most) => JsonSerializer.Serialize(
        new ProcessesDocument(Snapshot.TakenAt, Rows.Count, 0, most, [.. Rows.Take(most).Select(ProcessDocument.Of)], Rounded.Seconds(ChangeOver)),
        DocumentJson.Default.ProcessesDocument) + "\n";

    internal IReadOnlyList<TerminalLine> Table(int most, Display display) => TopTable.Of(ChangeOver).Lines([.. Rows.Take(most)], display);

    /// <summary><c>14:03:22Z  16240 of 1000000 handles, 9812 CLOSE_WAIT, 214 processes, 3 hidden</c>.</summary>
    internal string Headline
    {
        get
        {
            string handles = Snapshot.FileHandles is not { } known ? NumberColumn.Unknown : known.IsBounded ? $"{known.Allocated} of {known.Max}" : $"{known.Allocated}";
            string closeWait = Snapshot.TcpNamespaces is { } namespaces ? $"{namespaces.Sum(static each => each.Sockets[TcpState.CloseWait])}" : NumberColumn.Unknown;
            int seen = Snapshot.Processes!.CountOf(ProcessVisibility.Full);
            int hidden = Snapshot.Processes.CountOf(ProcessVisibility.CountOnly) + Snapshot.Processes.CountOf(ProcessVisibility.None);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{Snapshot.TakenAt.UtcDateTime:HH:mm:ss}Z  {handles} handles, {closeWait} CLOSE_WAIT, {seen + hidden} processes{(hidden > 0 ? $", {hidden} hidden" : "")}");
        }
    }
}
