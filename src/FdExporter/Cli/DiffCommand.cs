using System.Globalization;
using System.Text;
using System.Text.Json;
using FdExporter.Cli.Terminals;
using FdExporter.Configuration;
using FdExporter.Diagnosis.Wording;
using FdExporter.Documents;
using FdExporter.Grouping;
using FdExporter.Linux.Files;
using FdExporter.Model;

namespace FdExporter.Cli;

/// <summary><c>fd-exporter diff</c>: what came and went between two lists of a process's descriptors.</summary>
internal static class DiffCommand
{
    private const int MostKinds = 20;

    internal static int Run(ExporterOptions options, DiffRequest request)
    {
        if (request.Second.Length == 0)
        {
            return int.TryParse(request.First, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 0
                ? LocalHost.Run(options, host => OfProcess(host, pid, request))
                : Output.Fail($"needs two files, or a process ID: '{request.First}'");
        }

        return TryRead(request.First) is not { } first || TryRead(request.Second) is not { } second ? 1
            : first.Pid != second.Pid || first.StartTime != second.StartTime ? Output.Fail(FormattableString.Invariant(
                $"the files are of two processes: {first.Group} (pid {first.Pid}, started {TimeOf(first.StartTime)}) and {second.Group} (pid {second.Pid}, started {TimeOf(second.StartTime)})"))
            : first.TakenAt <= second.TakenAt ? Print(first, second, request)
            : Print(second, first, request);
    }

    /// <summary>Null after an error message.</summary>
    private static SavedInspection? TryRead(string path)
    {
        try
        {
            return SavedInspection.Parse(RegularFile.Read(path, SavedInspection.MostBytes).Bytes);
        }
        catch (Exception exception) when (exception is IOException or FormatException)
        {
            _ = Output.Fail($"{path}: {exception.Message}");
            return null;
        }
    }

    private static int OfProcess(LocalHost host, int pid, DiffRequest request)
    {
        if (TryInspect(host, pid) is not { } first)
        {
            return 1;
        }

        Thread.Sleep(request.For);
        return TryInspect(host, pid) is not { } second ? 1
            : first.StartTime != second.StartTime ? Output.Fail(FormattableString.Invariant($"process {pid} has ended, and another has its number"))
            : Print(first, second, request);
    }

    /// <summary>Null after an error message.</summary>
    private static SavedInspection? TryInspect(LocalHost host, int pid)
    {
        _ = host.Scan(LocalHost.NewDeadline());
        InspectionAnswer answer = host.Inspect(pid);
        if (answer.Inspection is not { } inspection)
        {
            _ = Output.Fail(answer.ThreadOf is { } process ? HumanText.ThreadOf(pid, in process) : FormattableString.Invariant($"there is no process {pid}, or it is hidden"));
            return null;
        }

        if (!inspection.IsVisible)
        {
            _ = Output.Fail(FormattableString.Invariant($"access to the descriptors of process {pid} is denied. {inspection.Coverage.AdviceInOneLine}"));
            return null;
        }

        FdList list = FdList.Of(inspection, LocalHost.DetailsOf(inspection), "", 0, ProcessInspection.MostListed);
        ProcessFacts facts = inspection.Process.Facts;
        return new SavedInspection(inspection.TakenAt, inspection.Process.Id.Pid, facts.StartTime, facts.Group, list.Rows, list.Groups, inspection.IsWhole);
    }

    private static int Print(SavedInspection before, SavedInspection after, DiffRequest request)
    {
        FdComparison comparison = before.IsWhole && after.IsWhole ? FdComparison.Of(before.Rows, after.Rows) : FdComparison.OfCounts(before.Kinds, after.Kinds);
        DiffDocument document = DiffDocument.Of(before, after, comparison);
        Output.Print(request.Json ? JsonSerializer.Serialize(document, DocumentJson.Default.DiffDocument) + "\n" : TextOf(document, comparison, Display.Current()));
        return 0;
    }

    // appserver (pid 11342), 07:32:00 to 07:42:00 UTC (10 min): 9 930 -> 10 242 descriptors.
    // 312 new, all connections to 10.0.0.7:5432, none closed: this is a leak, unless the program is still starting.
    //
    //     NEW  CLOSED   BEFORE   AFTER TYPE         WHAT
    //     312       0     9812   10124 socket       connections to 10.0.0.7:5432
    private static string TextOf(DiffDocument document, FdComparison comparison, Display display)
    {
        StringBuilder text = new();
        string heading = $"{document.Group} (pid {document.Pid.ToString(CultureInfo.InvariantCulture)}), {TimeOf(document.From)} to {TimeOf(document.To)} ({HumanText.Duration(document.To - document.From)}): "
            + $"{HumanText.Number(document.OpenBefore)} -> {HumanText.Number(document.OpenAfter)} descriptors.";
        text.AppendLines(TerminalText.Wrap(Printable.Of(heading), display.Width));
        text.AppendLines(TerminalText.Wrap(Printable.Of(document.Text), display.Width));
        if (comparison.Kinds.Count == 0)
        {
            return text.ToString();
        }

        IReadOnlyList<FdChange> kinds = [.. comparison.Kinds.Take(MostKinds)];
        text.Append('\n').AppendLines(s_kinds.Lines(kinds, display).Select(static line => line.Text));
        return comparison.Kinds.Count == kinds.Count ? text.ToString()
            : text.Append('\n').AppendLines([$"{HumanText.Count(comparison.Kinds.Count - kinds.Count, "more kind", "more kinds")}; --json has them."]).ToString();
    }

    private static readonly Table<FdChange> s_kinds = new(
    [
        TableColumn<FdChange>.Number("NEW", 2, 7, static kind => NumberColumn.Of(kind.New, 7)),
        TableColumn<FdChange>.Number("CLOSED", 3, 7, static kind => NumberColumn.Of(kind.Closed, 7)),
        TableColumn<FdChange>.Number("BEFORE", 4, 7, static kind => NumberColumn.Of(kind.Before, 7)),
        TableColumn<FdChange>.Number("AFTER", 0, 7, static kind => NumberColumn.Of(kind.After, 7)),
        new("TYPE", 5, 12, static (kind, _) => kind.Type),
        new("WHAT", 1, 20, static (kind, width) => TerminalText.KeepEnd(Printable.Of(kind.What), width)) { Grows = true },
    ]);

    private static string TimeOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
