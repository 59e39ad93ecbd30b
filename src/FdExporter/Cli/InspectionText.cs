using System.Globalization;
using System.Text;
using FdExporter.Cli.Terminals;
using FdExporter.Diagnosis.Wording;
using FdExporter.Documents;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Cli;

/// <summary>A process as text: facts about it, its descriptors by kind, and each descriptor.</summary>
internal static class InspectionText
{
    private const int FactIndent = 16;

    private static readonly string s_unknownProtocol = SocketProtocolNames.All[(int)SocketProtocol.Unknown];

    /// <summary>Narrower terminals need the space for the addresses; the number of each cause is printed above.</summary>
    private const int WidthForCauses = 100;

    /// <summary>For a command line; some are longer than a screen.</summary>
    private const int MostLines = 4;

    internal static string Of(ProcessInspection inspection, FdList list, InspectRequest request, Display display)
    {
        StringBuilder text = new();
        Facts(text, inspection, request, display);
        if (!inspection.IsVisible)
        {
            return text.ToString();
        }

        if (!inspection.Process.Facts.Tables.IsComplete)
        {
            Paragraph(text, HumanText.UncheckedTables, display);
        }

        if (list.Total == 0)
        {
            Paragraph(text, request.Filter.Length > 0 ? $"No descriptor contains '{request.Filter}'." : "No descriptors.", display);
            Held(text, inspection, list, display);
            return text.ToString();
        }

        if (LeakSite.Of(inspection) is { } site)
        {
            Paragraph(text, site, display);
        }

        IReadOnlyList<FdGroup> kinds = [.. list.Groups.Take(request.All ? int.MaxValue : InspectCommand.Few)];
        Lines(text, Kinds(kinds).Lines(kinds, display));
        if (list.Groups.Count > kinds.Count)
        {
            List<FdGroup> rest = [.. list.Groups.Skip(kinds.Count)];
            Paragraph(
                text,
                $"{HumanText.Count(rest.Sum(static kind => (long)kind.Kinds), "more kind", "more kinds")} with {HumanText.Count(rest.Sum(static kind => (long)kind.Count), "descriptor", "descriptors")}; "
                    + (rest[^1].Kinds == 1 ? "--all shows them." : $"--all shows the largest {FdGroup.MostGroups - 1} kinds."),
                display);
        }

        Held(text, inspection, list, display);
        if (inspection.Kinds.HasUnconnected)
        {
            Paragraph(text, HumanText.Unconnected, display);
        }

        Lines(text, Descriptors(list.Rows, display).Lines(list.Rows, display));
        if (list.Total > list.Rows.Count)
        {
            Paragraph(text, $"{HumanText.Number((long)list.Total - list.Rows.Count)} more; --all lists them, --filter TEXT those that contain a text.", display);
        }

        if (inspection.Unlisted > 0)
        {
            Paragraph(text, $"{HumanText.Number((long)inspection.Unlisted)} more are counted by type only.", display);
        }

        if (inspection.IsCutShort)
        {
            Paragraph(text, "Ran out of time before the last descriptor.", display);
        }

        return text.ToString();
    }

    // These have no descriptor, but keep a file or socket open.
    private static void Held(StringBuilder text, ProcessInspection inspection, FdList list, Display display)
    {
        if (list.Held.Count > 0)
        {
            Paragraph(text, "Held without a descriptor:", display);
            Lines(text, HeldTable(list.Held).Lines(list.Held, display));
        }

        if (!inspection.IsHeldKnown)
        {
            Paragraph(text, "What it holds without a descriptor is not completely known: an io_uring is busy, or the kernel does not list it.", display);
        }
    }

    private static Table<HeldGroup> HeldTable(IReadOnlyList<HeldGroup> rows) => new(
    [
        TableColumn<HeldGroup>.Number("COUNT", 0, 7, static row => row.Count.ToString(CultureInfo.InvariantCulture)),
        .. Where(
            rows.Any(static row => row.Oldest is not null),
            TableColumn<HeldGroup>.Number("OLDEST", 3, 7, static row => AgeOf(row.Oldest), static row => row.Oldest is null ? Tint.None : Tint.Yellow)),
        new("BY", 2, 12, static (row, _) => row.By),
        new("WHAT", 1, 20, static (row, width) => TerminalText.KeepEnd(Printable.Of(row.What), width)) { Grows = true },
    ]);

    private static Table<FdGroup> Kinds(IReadOnlyList<FdGroup> rows) => new(
    [
        TableColumn<FdGroup>.Number("COUNT", 0, 7, static row => row.Count.ToString(CultureInfo.InvariantCulture)),
        .. Where(
            rows.Any(static row => row.Oldest is not null),
            TableColumn<FdGroup>.Number("OLDEST", 3, 7, static row => AgeOf(row.Oldest), static row => row.Oldest is null ? Tint.None : Tint.Yellow)),
        new("TYPE", 2, 12, static (row, _) => row.Type),
        new("WHAT", 1, 20, static (row, width) => TerminalText.KeepEnd(Printable.Of(row.What), width)) { Grows = true },
    ]);

    //     FD  AGE CAUSE      RECV-Q SEND-Q TYPE            TARGET
    //    163 6h2m not_closed      0      0 tcp close_wait  192.168.121.7:9702 -> 192.168.121.44:443
    private static Table<FdRow> Descriptors(IReadOnlyList<FdRow> rows, Display display) => new(
    [
        TableColumn<FdRow>.Number("FD", 0, 6, static row => row.Fd.ToString(CultureInfo.InvariantCulture)),
        .. Where(
            rows.Any(static row => row.Thread is not null),
            TableColumn<FdRow>.Number("THREAD", 2, 7, static row => row.Thread?.ToString(CultureInfo.InvariantCulture) ?? "")),
        .. Where(
            rows.Any(static row => row.Age is not null),
            TableColumn<FdRow>.Number("AGE", 3, 7, static row => AgeOf(row.Age), static row => row.Age is null ? Tint.None : Tint.Yellow)),
        .. Where(
            display.Width >= WidthForCauses && rows.Any(static row => row.Cause is not null),
            new TableColumn<FdRow>("CAUSE", 3, 13, static (row, _) => row.Cause ?? "")),
        .. Where(
            rows.Any(static row => row.ReceiveQueue is not null),
            TableColumn<FdRow>.Number("RECV-Q", 4, 6, static row => QueueOf(row.ReceiveQueue)),
            TableColumn<FdRow>.Number("SEND-Q", 5, 6, static row => QueueOf(row.SendQueue))),
        new("TYPE", 2, 15, static (row, _) => TypeOf(in row)),
        new("TARGET", 1, 20, static (row, width) => TargetOf(in row, width)) { Grows = true },
    ]);

    /// <summary>An empty column is left out.</summary>
    private static TableColumn<T>[] Where<T>(bool condition, params TableColumn<T>[] columns) => condition ? columns : [];

    private static void Facts(StringBuilder text, ProcessInspection inspection, InspectRequest request, Display display)
    {
        ProcessSample process = inspection.Process;
        ProcessFacts facts = process.Facts;
        Fact("Program", facts.Group);
        Fact("Pid", HumanText.Pid(process.Id));
        Fact("Thread", inspection.Thread is { } thread ? FormattableString.Invariant($"{thread}; only its own descriptor table is shown") : "");
        Fact("Command", facts.Comm == facts.Group ? "" : facts.Comm);
        Fact("Command line", string.Join(' ', inspection.Arguments), request.All ? int.MaxValue : MostLines);
        Fact("User", facts.User);
        Fact("Unit", facts.Owner.Unit);
        Fact("Container", facts.Owner.ContainerName.Length > 0 ? $"{facts.Owner.ContainerName} ({facts.Owner.Container})" : facts.Owner.Container);
        Fact("Pod", facts.Owner.Kubernetes is { } pod ? $"{pod.FullName} ({facts.Owner.Pod})" : facts.Owner.Pod);
        Fact("Program file", ProgramFileOf(inspection.Program));
        Fact("Runtime", inspection.Runtime?.Name ?? "");
        Fact("Started", TimeOf(facts.StartTime));
        Fact("Descriptors", FdsOf(process));
        Fact("By type", CountsOf(Counts.Of(inspection.Types)));
        Fact("Sockets", CountsOf(Counts.Of(inspection.Sockets)));
        Fact("In CLOSE_WAIT", CountsOf(Counts.Of(inspection.CloseWaitCauses)));

        void Fact(string name, string value, int most = int.MaxValue)
        {
            int indent = Math.Min(FactIndent, display.Width / 2);
            string first = TerminalText.KeepStart(name, indent - 1).PadRight(indent);
            List<string> lines = [.. TerminalText.Wrap(Printable.Of(value), display.Width, first, new string(' ', indent)).Take(most == int.MaxValue ? most : most + 1)];
            if (lines.Count > most)
            {
                lines.RemoveAt(most);
                lines[^1] = TerminalText.KeepStart($"{lines[^1]} {TerminalText.Cut}", display.Width);
            }

            text.AppendLines(lines);
        }
    }

    private static string TimeOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    // /usr/bin/appserver, put there 2026-11-29 02:10:07 UTC, deleted or replaced since
    private static string ProgramFileOf(RunningProgram? program)
        => program is null ? ""
            : $"{program.Path}{(program.PlacedAt is { } placed ? $", put there {TimeOf(placed)}" : "")}{(program.IsReplaced ? ", deleted or replaced since" : "")}";

    // 9 930 of 65 536 (15 %), hard limit 65 536
    private static string FdsOf(in ProcessSample process)
    {
        string open = NumberOf(process.OpenFds);
        int tables = process.Facts.Tables.Count;
        open = tables > 1 ? $"{open} in {tables} tables of threads, the largest {NumberOf(process.LargestTable)}" : open;
        return process.Facts.Limits is not { } limits
            ? $"{open}, limits unknown"
            : $"{open} of {HumanText.Limit(limits.Soft)}{(process.FdRatio is { } ratio && limits.Soft is not null ? $" ({HumanText.Percent(ratio)})" : "")}, hard limit {HumanText.Limit(limits.Hard)}{(process.IsAboveLimit ? $"; {HumanText.AboveLimit}" : "")}";
    }

    private static string NumberOf(long? number) => number is { } known ? HumanText.Number(known) : NumberColumn.Unknown;

    // socket 9 861, file 40, pipe 12
    private static string CountsOf(IEnumerable<KeyValuePair<string, long>> counts)
        => string.Join(", ", counts.OrderByDescending(static each => each.Value).Select(static each => $"{each.Key}\u00a0{HumanText.Number(each.Value)}"));

    private static void Lines(StringBuilder text, IReadOnlyList<TerminalLine> lines)
        => text.Append('\n').AppendLines(lines.Select(static line => line.Text));

    private static void Paragraph(StringBuilder text, string paragraph, Display display)
        => text.Append('\n').AppendLines(TerminalText.Wrap(Printable.Of(paragraph), display.Width));

    private static string AgeOf(TimeSpan? age) => age is { } known ? HumanText.ShortDuration(known) : "";

    private static string QueueOf(uint? bytes) => bytes is { } known ? NumberColumn.Of(known, 6) : "";

    // tcp close_wait
    private static string TypeOf(in FdRow row)
        => row.Protocol is null || row.Protocol == s_unknownProtocol ? row.Kind ?? row.Type : row.State is null ? row.Protocol : $"{row.Protocol} {row.State}";

    // 192.168.121.7:9702 -> 192.168.121.44:443; if that is too long, the local address is cut to its port.
    private static string TargetOf(in FdRow row, int width)
    {
        if (row.Local is not { } local)
        {
            // A Unix socket and the path that it is connected to.
            return TerminalText.KeepEnd(Printable.Of(row.Remote is { } peer ? $"-> {peer}" : row.Target), width);
        }

        string target = row.Remote is { } remote ? $"{local} -> {remote}" : local;
        return target.Length <= width ? target : TerminalText.KeepEnd($"{local[local.LastIndexOf(':')..]} -> {row.Remote}", width);
    }
}
