using System.Globalization;
using FdExporter.Cli.Terminals;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Cli;

/// <summary>
/// The table of <c>fd-exporter top</c>, for 80 columns. Wider terminals also show where a process runs and its descriptor types.
/// After a second scan the table shows the change, in 80 columns instead of the user.
/// </summary>
internal static class TopTable
{
    private static readonly Thresholds s_thresholds = new();

    //     FDS     LIMIT  USED     TCP CLOSE_WAIT     PID USER     PROGRAM
    //    9930     65536   15%    9861       9812   11342 payment  appserver
    internal static Table<ProcessRow> Of(TimeSpan? changeOver) => new(
    [
        TableColumn<ProcessRow>.Number("FDS", 0, 7, static row => NumberColumn.Of(row.Sample.OpenFds, 7)),
        .. changeOver is { } over
            ? (TableColumn<ProcessRow>[])[TableColumn<ProcessRow>.Number($"IN {HumanText.ShortDuration(over)}", 7, 8, static row => Change(row.FdChange))]
            : [],
        TableColumn<ProcessRow>.Number("LIMIT", 5, 9, static row => row.Facts.Limits is not { } limits ? NumberColumn.Unknown : limits.Soft is { } soft ? NumberColumn.Of(soft, 9) : "unlimited"),
        TableColumn<ProcessRow>.Number("USED", 4, 5, UsedOf, TintOf),
        TableColumn<ProcessRow>.Number("TCP", 6, 7, static row => NumberColumn.Of(row.Holdings?.Sockets.Total, 7)),
        TableColumn<ProcessRow>.Number("CLOSE_WAIT", 3, 10, static row => NumberColumn.Of(row.CloseWait, 10), static row => row.CloseWait > 0 ? Tint.Yellow : Tint.None),
        TableColumn<ProcessRow>.Number("PID", 2, 7, static row => HumanText.Pid(row.Sample.Id)),
        new("USER", 8, 8, static (row, _) => row.Facts.User),
        new("PROGRAM", 1, 20, static (row, _) => row.Facts.Group) { Grows = true },
        new("UNIT/CONTAINER/POD", 9, 20, static (row, _) => row.Facts.Owner.Place) { Grows = true },
        new("TYPES", 10, 25, static (row, _) => row.Holdings is { } holdings ? TypesOf(holdings.Types) : NumberColumn.Unknown) { Grows = true },
    ]);

    private static string UsedOf(ProcessRow row) => row.Sample.IsAboveLimit || row.Facts.Limits is { Soft: null } ? "-"
        : row.Sample.FdRatio is { } ratio ? string.Create(CultureInfo.InvariantCulture, $"{(long)(ratio * 100)}%")
        : NumberColumn.Unknown;

    private static Tint TintOf(ProcessRow row) => row.Sample.FdRatio is not { } ratio ? Tint.None
        : ratio >= s_thresholds.ProcessFdRatioCritical ? Tint.Red
        : ratio >= s_thresholds.ProcessFdRatioWarning ? Tint.Yellow
        : Tint.None;

    private static string Change(long? change) => change is { } known ? known.ToString("+0;-0;0", CultureInfo.InvariantCulture) : NumberColumn.Unknown;

    // socket 9861, file 40, pipe 12
    private static string TypesOf(FdTypeCounts types) => string.Join(", ", FdTypeNames.All
        .Select((name, type) => (Name: name, Count: types[type]))
        .Where(static each => each.Count > 0)
        .OrderByDescending(static each => each.Count)
        .Select(static each => string.Create(CultureInfo.InvariantCulture, $"{each.Name} {each.Count}")));
}
