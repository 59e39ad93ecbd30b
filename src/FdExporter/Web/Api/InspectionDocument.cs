using System.Text.Json.Serialization;
using FdExporter.Diagnosis;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Web.Api;

/// <summary>One process, descriptor by descriptor. What is not known is null.</summary>
/// <param name="Thread">The thread that was asked for, whose descriptor table alone this is; not there for a whole process.</param>
/// <param name="UncheckedTables">Whether threads may have descriptor tables of their own that are missing here; not there where they cannot.</param>
/// <param name="Arguments">The command line; null where it is not shown, or not known.</param>
/// <param name="Visible">False where its descriptors may not be looked into: then all that follows is null.</param>
/// <param name="CutShort">Whether time ran out before the last descriptor.</param>
/// <param name="Unlisted">Descriptors that are in <paramref name="Fds"/> only, there being more than can be listed.</param>
/// <param name="CloseWaitByCause">Each TCP socket in CLOSE_WAIT that it owns, once.</param>
/// <param name="Kinds">Of the descriptors that match, the largest first.</param>
/// <param name="HeldWithoutDescriptor">What it holds and has no descriptor of, by kind; in no other number here.</param>
/// <param name="HeldKnown">Whether all of that could be read.</param>
/// <param name="Total">How many descriptors match, on all pages.</param>
/// <param name="NotShown">What the caller may not see, and how to; not there where that is nothing.</param>
internal sealed record InspectionDocument(
    DateTimeOffset TakenAt,
    ProcessDocument Process,
    IReadOnlyList<string>? Arguments,
    bool Visible,
    bool? CutShort,
    int? Unlisted,
    IReadOnlyDictionary<string, long>? Fds,
    IReadOnlyDictionary<string, long>? SocketsByProtocol,
    IReadOnlyDictionary<string, long>? CloseWaitByCause,
    IReadOnlyList<InspectionDocument.Kind>? Kinds,
    IReadOnlyList<InspectionDocument.Held>? HeldWithoutDescriptor,
    bool? HeldKnown,
    int? Total,
    int? Offset,
    int? Limit,
    IReadOnlyList<InspectionDocument.Descriptor>? Descriptors,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Thread = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool UncheckedTables = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NotShown = null)
{
    internal static InspectionDocument Of(ProcessInspection inspection, Growth? growth, FdList list, Details shown, string? advice = null) => new(
        inspection.TakenAt,
        ProcessDocument.Of(new ProcessRow(inspection.Process, inspection.Holdings, growth)),
        shown.CommandLine && inspection.Arguments.Count > 0 ? inspection.Arguments : null,
        inspection.IsVisible,
        inspection.IsVisible ? inspection.IsCutShort : null,
        inspection.IsVisible ? inspection.Unlisted : null,
        inspection.IsVisible ? Counts.Of(inspection.Types) : null,
        inspection.IsVisible ? Counts.Of(inspection.Sockets) : null,
        inspection.IsVisible ? Counts.Of(inspection.CloseWaitCauses) : null,
        inspection.IsVisible ? [.. list.Groups.Select(static group => new Kind(group.Type, group.What, group.Count, group.Oldest?.TotalSeconds))] : null,
        inspection.IsVisible && (inspection.IsHeldKnown || !inspection.Held.IsEmpty) ? [.. list.Held.Select(static held => new Held(held.By, held.Type.Length == 0 ? null : held.Type, held.What, held.Count, held.Oldest?.TotalSeconds))] : null,
        inspection.IsVisible ? inspection.IsHeldKnown : null,
        inspection.IsVisible ? list.Total : null,
        inspection.IsVisible ? list.Offset : null,
        inspection.IsVisible ? list.Limit : null,
        inspection.IsVisible ? [.. list.Rows.Select(Descriptor.Of)] : null,
        inspection.Thread,
        !inspection.Process.Facts.Tables.IsComplete,
        advice);

    internal sealed record Kind(string Type, string What, int Count, double? OldestSeconds);

    /// <param name="By">io_uring or in_flight.</param>
    /// <param name="Type">Null where it is not known.</param>
    internal sealed record Held(string By, string? Type, string What, long Count, double? OldestSeconds);

    /// <param name="Kind">Of type other: what the kernel calls it.</param>
    /// <param name="Cause">Of a TCP socket in CLOSE_WAIT.</param>
    internal sealed record Descriptor(
        int Fd,
        string Type,
        string? Kind,
        string Target,
        string? Protocol,
        string? State,
        string? Direction,
        string? Local,
        string? Remote,
        double? AgeSeconds,
        uint? ReceiveQueue,
        uint? SendQueue,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Cause,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Thread)
    {
        internal static Descriptor Of(FdRow row) => new(
            row.Fd, row.Type, row.Kind, row.Target, row.Protocol, row.State, row.Direction, row.Local, row.Remote, row.Age?.TotalSeconds, row.ReceiveQueue, row.SendQueue, row.Cause, row.Thread);
    }
}
