using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using FdExporter.Configuration;
using FdExporter.Diagnosis;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Evidence;

/// <summary>Writes an inspection as JSON of at most <see cref="MostBytes"/>.</summary>
internal static partial class EvidenceJson
{
    internal const int MostBytes = 1024 * 1024;

    /// <summary>One process can have many findings.</summary>
    private const int MostFindings = 20;

    /// <summary>
    /// Maximum length of a text in the summaries; unit: UTF-16 code units, each at most six bytes of JSON. So three lists of 101 rows and
    /// the findings stay far below <see cref="MostBytes"/>.
    /// </summary>
    private const int LongestText = 500;

    /// <summary>Unit: bytes. The line of the closing bracket, and the last line break.</summary>
    private const int Closing = 8;

    /// <param name="findings">All findings of this process, most important first.</param>
    internal static byte[] Of(ProcessInspection inspection, IEnumerable<Finding> findings, FileHandles? handles, Growth? growth)
    {
        EvidenceDocument summary = SummaryOf(inspection, findings, handles, growth);
        if (!inspection.IsVisible)
        {
            return BytesOf(summary);
        }

        int room = MostBytes - JsonSerializer.SerializeToUtf8Bytes(summary, EvidenceContext.Default.EvidenceDocument).Length;
        List<OneLine> sample = SampleOf(inspection.Fds, room);
        return BytesOf(summary with { Descriptors = sample, DescriptorsListed = sample.Count });
    }

    private static byte[] BytesOf(EvidenceDocument document)
        => [.. JsonSerializer.SerializeToUtf8Bytes(document, EvidenceContext.Default.EvidenceDocument), (byte)'\n'];

    private static EvidenceDocument SummaryOf(ProcessInspection inspection, IEnumerable<Finding> findings, FileHandles? handles, Growth? growth)
    {
        ProcessSample process = inspection.Process;
        ProcessFacts facts = process.Facts;
        bool isVisible = inspection.IsVisible;
        FdTypeCounts types = inspection.Types;
        SocketProtocolCounts protocols = inspection.Sockets;
        ProcessHoldings? holdings = inspection.Holdings;
        return new EvidenceDocument
        {
            Version = BuildInfo.Version,
            Host = Environment.MachineName,
            TakenAt = inspection.TakenAt,
            Findings = [.. findings.Take(MostFindings).Select(static each => new EvidenceDocument.FindingItem(
                each.Rule, each.Severity.ToString().ToLowerInvariant(), Cut(each.Text, 4), Cut(each.Advice, 2)))],
            FileHandles = handles is null ? null : new EvidenceDocument.HandlesItem(handles.Allocated, handles.Max),
            Process = new EvidenceDocument.ProcessItem(
                process.Id.Pid,
                facts.StartTime,
                Cut(facts.Group),
                facts.Comm,
                facts.User.Length == 0 ? null : Cut(facts.User),
                Cut(facts.Owner.Unit),
                Cut(facts.Owner.Container),
                Cut(facts.Owner.Pod),
                process.OpenFds,
                facts.Limits?.Soft,
                facts.Limits?.Hard,
                facts.Limits is { } limits ? limits.Soft is null : null,
                growth is { } known ? Math.Round(known.PerHour, 1) : null),
            Visible = isVisible,
            CutShort = isVisible ? inspection.IsCutShort : null,
            Unlisted = isVisible ? inspection.Unlisted : null,
            Fds = isVisible ? Named(FdTypeNames.All, type => types[(FdType)type]) : null,
            SocketsByProtocol = isVisible ? Named(SocketProtocolNames.All, protocol => protocols[(SocketProtocol)protocol]) : null,
            TcpSocketsByState = holdings is { Sockets: var states } ? Named(TcpStateNames.All, state => (int)states[(TcpState)state]) : null,
            TcpSocketsByAddress = isVisible ? [.. TcpAddresses.Of(Rows(inspection.EachSocket.Where(static fd => !fd.Socket!.IsOwnedByAnother))).Select(static each => OneLine.Of(each, EvidenceLineContext.Default.TcpItem))] : null,
            Kinds = isVisible ? [.. FdGroup.Of(Rows(inspection.Fds)).Select(static each => OneLine.Of(
                new EvidenceDocument.KindItem(each.Type, Cut(each.What), each.Count, (long?)each.Oldest?.TotalSeconds), EvidenceLineContext.Default.KindItem))] : null,
            HeldWithoutDescriptor = isVisible && (inspection.IsHeldKnown || !inspection.Held.IsEmpty) ? [.. HeldGroup.Of(inspection, Details.All, filter: "").Select(static each => OneLine.Of(
                new EvidenceDocument.HeldItem(each.By, each.Type.Length == 0 ? null : each.Type, Cut(each.What), each.Count, (long?)each.Oldest?.TotalSeconds), EvidenceLineContext.Default.HeldItem))] : null,
            DescriptorsTotal = isVisible ? inspection.Fds.Length + inspection.Unlisted : null,

            // Never fewer digits than the final value.
            DescriptorsListed = isVisible ? inspection.Fds.Length : null,
            Descriptors = isVisible ? [] : null,
        };
    }

    /// <summary>Every one, or every second, third and so on, as there is room.</summary>
    private static List<OneLine> SampleOf(ImmutableArray<FdSample> fds, int room)
    {
        // Serialized twice, because all lines together may take hundreds of megabytes.
        int[] lengths = [.. fds.Select(static fd => LineOf(in fd).Length)];
        int step = 1;
        while (step <= lengths.Length && LengthOf(lengths, step) > room - Closing)
        {
            step++;
        }

        List<OneLine> sample = [];
        for (int i = 0; step <= lengths.Length && i < fds.Length; i += step)
        {
            sample.Add(LineOf(fds.ItemRef(i)));
        }

        return sample;
    }

    private static long LengthOf(int[] lengths, int step)
    {
        long length = 0;
        for (int i = 0; i < lengths.Length; i += step)
        {
            length += lengths[i];
        }

        return length;
    }

    private static OneLine LineOf(in FdSample fd)
        => OneLine.Of(EvidenceDocument.DescriptorItem.Of(FdRow.Of(in fd, Details.All)), EvidenceLineContext.Default.DescriptorItem);

    private static IEnumerable<FdRow> Rows(IEnumerable<FdSample> fds) => fds.Select(static fd => FdRow.Of(in fd, Details.All));

    private static Dictionary<string, int> Named(ImmutableArray<string> names, Func<int, int> count)
        => Enumerable.Range(0, names.Length).Where(each => count(each) > 0).ToDictionary(each => names[each], count);

    private static string Cut(string text, int times = 1) => GroupName.Cut(text, LongestText * times);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
    [JsonSerializable(typeof(EvidenceDocument))]
    private sealed partial class EvidenceContext : JsonSerializerContext;

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(EvidenceDocument.TcpItem))]
    [JsonSerializable(typeof(EvidenceDocument.KindItem))]
    [JsonSerializable(typeof(EvidenceDocument.HeldItem))]
    [JsonSerializable(typeof(EvidenceDocument.DescriptorItem))]
    private sealed partial class EvidenceLineContext : JsonSerializerContext;
}
