using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using FdExporter.Configuration;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Documents;
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
    /// Maximum length of a text in the summaries; unit: UTF-16 code units, each at most six bytes of JSON. So three lists of about 100 rows
    /// and the findings stay below <see cref="MostBytes"/>.
    /// </summary>
    private const int LongestText = 350;

    /// <summary>Unit: bytes. The line of the closing bracket, and the last line break.</summary>
    private const int Closing = 8;

    /// <param name="findings">All findings of this process, most important first.</param>
    internal static byte[] Of(ProcessInspection inspection, IEnumerable<Finding> findings, HostDocument.Handles? handles, Growth? growth)
    {
        EvidenceDocument summary = SummaryOf(Cut(inspection), findings, handles, growth);
        if (!inspection.IsVisible)
        {
            return BytesOf(summary);
        }

        int room = MostBytes - Closing - BytesOf(summary).Length;
        (List<InspectionDocument.Descriptor> sample, int step) = SampleOf(inspection.Fds, room);
        return BytesOf(summary with { Items = sample, Limit = sample.Count, Offset = step == 1 ? 0 : null });
    }

    private static byte[] BytesOf(EvidenceDocument document)
        => [.. JsonSerializer.SerializeToUtf8Bytes(document, EvidenceContext.Default.EvidenceDocument), (byte)'\n'];

    private static EvidenceDocument SummaryOf(ProcessInspection inspection, IEnumerable<Finding> findings, HostDocument.Handles? handles, Growth? growth)
    {
        Details details = Details.All with { CommandLine = false };
        FdList list = FdList.Of(inspection, details, filter: "", offset: 0, limit: 0);
        list = list with
        {
            Groups = [.. list.Groups.Select(static group => group with { What = Cut(group.What) })],
            Held = [.. list.Held.Select(static held => held with { What = Cut(held.What) })],

            // Never fewer digits than the final value.
            Limit = inspection.Fds.Length,
        };
        return new EvidenceDocument(InspectionDocument.Of(inspection, growth, list, details))
        {
            Version = BuildInfo.Version,
            Host = Environment.MachineName,
            Findings = [.. findings.Take(MostFindings).Select(static each => FindingDocument.Of(each with { Text = Cut(each.Text, 4), Advice = Cut(each.Advice, 2) }))],
            FileHandles = handles,
            CloseWait = inspection.IsVisible ? [.. CloseWaitOfProcess.Of(inspection).Select(static each => CloseWaitDocument.Item.Of(each, history: null))] : null,
            Offset = null,
        };
    }

    private static ProcessInspection Cut(ProcessInspection inspection)
    {
        ProcessFacts facts = inspection.Process.Facts;
        CgroupOwner owner = facts.Owner;
        return inspection with
        {
            Process = inspection.Process with
            {
                Facts = facts with
                {
                    Group = Cut(facts.Group),
                    User = Cut(facts.User),
                    Owner = new CgroupOwner(Cut(owner.Unit), Cut(owner.Container), Cut(owner.Pod))
                    {
                        Kubernetes = owner.Kubernetes is { } pod ? new KubernetesPod(Cut(pod.Namespace), Cut(pod.Name)) : null,
                        ContainerName = Cut(owner.ContainerName),
                    },
                },
            },
        };
    }

    /// <summary>Every one, or every second, third and so on, as there is room.</summary>
    private static (List<InspectionDocument.Descriptor> Sample, int Step) SampleOf(ImmutableArray<FdSample> fds, int room)
    {
        // Serialized twice, because all lines together may take hundreds of megabytes.
        int[] lengths = [.. fds.Select(static fd => OneRowALine<InspectionDocument.Descriptor>.LengthOf(RowOf(in fd)))];
        int step = 1;
        while (step <= lengths.Length && LengthOf(lengths, step) > room)
        {
            step++;
        }

        List<InspectionDocument.Descriptor> sample = [];
        for (int i = 0; step <= lengths.Length && i < fds.Length; i += step)
        {
            sample.Add(RowOf(fds.ItemRef(i)));
        }

        return (sample, step);
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

    private static InspectionDocument.Descriptor RowOf(in FdSample fd) => InspectionDocument.Descriptor.Of(FdRow.Of(in fd, Details.All));

    private static string Cut(string text, int times = 1) => GroupName.Cut(text, LongestText * times);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
    [JsonSerializable(typeof(EvidenceDocument))]
    private sealed partial class EvidenceContext : JsonSerializerContext;
}
