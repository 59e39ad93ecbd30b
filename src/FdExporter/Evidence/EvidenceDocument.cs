using System.Text.Json.Serialization;
using FdExporter.Documents;

namespace FdExporter.Evidence;

/// <summary>
/// The evidence on one process: the document of the API on it, and what it is evidence of. The command line is left out, as it may contain
/// secrets. The descriptors are all of them, or as many as there is room for, evenly spread from the first to the last.
/// </summary>
internal sealed record EvidenceDocument : InspectionDocument
{
    internal EvidenceDocument(InspectionDocument document)
        : base(document)
    {
    }

    [JsonPropertyOrder(First - 1)]
    public required string Version { get; init; }

    [JsonPropertyOrder(First - 1)]
    public required string Host { get; init; }

    /// <summary>Its findings at this moment, most important first. Before the long lists: see <see cref="EvidenceRoom.HeadLength"/>.</summary>
    public required IReadOnlyList<FindingDocument> Findings { get; init; }

    public required HostDocument.Handles? FileHandles { get; init; }

    /// <summary>Its sockets in CLOSE_WAIT, largest first; null where it is not visible.</summary>
    [JsonConverter(typeof(OneRowALine<CloseWaitDocument.Item>))]
    public required IReadOnlyList<CloseWaitDocument.Item>? CloseWait { get; init; }
}
