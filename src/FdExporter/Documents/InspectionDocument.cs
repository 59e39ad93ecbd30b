using System.Text.Json.Serialization;
using FdExporter.Diagnosis;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Documents;

/// <summary>One process, descriptor by descriptor. Unknown values are null.</summary>
/// <param name="Thread">The requested thread: the document covers its descriptor table only. Absent for a whole process.</param>
/// <param name="UncheckedTables">Whether threads may have descriptor tables that are missing here. Absent if not.</param>
/// <param name="Arguments">The command line; null if not shown or unknown.</param>
/// <param name="Visible">False if access to its descriptors is denied: then all following fields are null.</param>
/// <param name="Program">Its program file; absent if that is not known.</param>
/// <param name="Runtime">What executes its code, such as <c>Python 3.11</c>.</param>
/// <param name="WhereItOpens">How to find the code that opens what it has most of; null where that is little or the runtime is unknown.</param>
/// <param name="CutShort">Whether time ran out before the last descriptor.</param>
/// <param name="Unlisted">Descriptors counted in <paramref name="Fds"/> only, because there are more than can be listed.</param>
/// <param name="CloseWaitByCause">The TCP sockets in CLOSE_WAIT that it owns, each once.</param>
/// <param name="Kinds">Groups of the matching descriptors, largest first.</param>
/// <param name="HeldWithoutDescriptor">What it holds without a descriptor, by kind; in no other number here.</param>
/// <param name="HeldKnown">Whether all of these could be read.</param>
/// <param name="Total">Number of matching descriptors on all pages.</param>
/// <param name="NotShown">What the caller cannot see, and how to get access. Absent if that is nothing.</param>
internal record InspectionDocument(
    [property: JsonPropertyOrder(InspectionDocument.First)] DateTimeOffset TakenAt,
    [property: JsonPropertyOrder(InspectionDocument.First)] ProcessDocument Process,
    IReadOnlyList<string>? Arguments,
    bool Visible,
    string? Runtime,
    string? WhereItOpens,
    bool? CutShort,
    int? Unlisted,
    IReadOnlyDictionary<string, long>? Fds,
    IReadOnlyDictionary<string, long>? SocketsByProtocol,
    IReadOnlyDictionary<string, long>? CloseWaitByCause,
    [property: JsonConverter(typeof(OneRowALine<InspectionDocument.Kind>))] IReadOnlyList<InspectionDocument.Kind>? Kinds,
    [property: JsonConverter(typeof(OneRowALine<InspectionDocument.Held>))] IReadOnlyList<InspectionDocument.Held>? HeldWithoutDescriptor,
    bool? HeldKnown,
    int? Total,
    int? Offset,
    int? Limit,
    [property: JsonConverter(typeof(OneRowALine<InspectionDocument.Descriptor>))] IReadOnlyList<InspectionDocument.Descriptor>? Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Thread = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool UncheckedTables = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NotShown = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] InspectionDocument.ProgramFile? Program = null)
{
    /// <summary>Order of the fields before those of a derived document.</summary>
    internal const int First = -1;

    internal static InspectionDocument Of(ProcessInspection inspection, Growth? growth, FdList list, Details shown, string? advice = null) => new(
        inspection.TakenAt,
        ProcessDocument.Of(new ProcessRow(inspection.Process, inspection.Holdings, growth)),
        shown.CommandLine && inspection.Arguments.Count > 0 ? inspection.Arguments : null,
        inspection.IsVisible,
        inspection.Runtime?.Name,
        LeakSite.Of(inspection),
        inspection.IsVisible ? inspection.IsCutShort : null,
        inspection.IsVisible ? inspection.Unlisted : null,
        inspection.IsVisible ? Counts.Of(inspection.Types) : null,
        inspection.IsVisible ? Counts.Of(inspection.Sockets) : null,
        inspection.IsVisible ? Counts.Of(inspection.CloseWaitCauses) : null,
        inspection.IsVisible ? [.. list.Groups.Select(static group => new Kind(group.Type, group.What, group.Count, Rounded.Seconds(group.Oldest)))] : null,
        inspection.IsVisible && (inspection.IsHeldKnown || !inspection.Held.IsEmpty) ? [.. list.Held.Select(static held => new Held(held.By, held.Type.Length == 0 ? null : held.Type, held.What, held.Count, Rounded.Seconds(held.Oldest)))] : null,
        inspection.IsVisible ? inspection.IsHeldKnown : null,
        inspection.IsVisible ? list.Total : null,
        inspection.IsVisible ? list.Offset : null,
        inspection.IsVisible ? list.Limit : null,
        inspection.IsVisible ? [.. list.Rows.Select(Descriptor.Of)] : null,
        inspection.Thread,
        !inspection.Process.Facts.Tables.IsComplete,
        advice,
        inspection.Program is { } program ? new ProgramFile(shown.Paths ? program.Path : null, program.PlacedAt, program.IsReplaced) : null);

    /// <param name="Path">Null where paths are not shown.</param>
    /// <param name="PlacedAt">When it was created or last written.</param>
    /// <param name="Replaced">Whether it was deleted or replaced since the process started.</param>
    internal sealed record ProgramFile(string? Path, DateTimeOffset? PlacedAt, bool Replaced);

    internal sealed record Kind(string Type, string What, int Count, double? OldestSeconds);

    /// <param name="By">io_uring or in_flight.</param>
    /// <param name="Type">Null if unknown.</param>
    internal sealed record Held(string By, string? Type, string What, long Count, double? OldestSeconds);

    /// <param name="Kind">For type other: the kernel's name.</param>
    /// <param name="Cause">For a TCP socket in CLOSE_WAIT.</param>
    internal sealed record Descriptor(
        int Fd,
        string Type,
        string? Kind,
        string? Target,
        string? Protocol,
        string? State,
        string? Direction,
        string? Local,
        string? Remote,
        double? AgeSeconds,
        uint? ReceiveQueue,
        uint? SendQueue,
        string? Cause,
        int? Thread)
    {
        internal static Descriptor Of(FdRow row) => new(
            row.Fd,
            row.Type,
            row.Kind,
            row.Target.Length == 0 ? null : row.Target,
            row.Protocol,
            row.State,
            row.Direction,
            row.Local,
            row.Remote,
            Rounded.Seconds(row.Age),
            row.ReceiveQueue,
            row.SendQueue,
            row.Cause,
            row.Thread);
    }
}
