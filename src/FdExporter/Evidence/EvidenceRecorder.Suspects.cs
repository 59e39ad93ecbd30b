using FdExporter.Diagnosis;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Evidence;

/// <summary>What the verdict wants to know beyond the scan, kept for a while.</summary>
internal sealed partial class EvidenceRecorder
{
    /// <summary>A suspect is looked into for the verdict so often, not on each scan.</summary>
    internal static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(5);

    private Dictionary<ProcessId, (InspectedKinds? Kinds, long At)> _suspects = [];
    private (HandleCount? Count, long At)? _handles;

    /// <summary>With what the suspects hold, so that the verdict is that of the pages.</summary>
    private async Task<VerdictInput> CaseOfAsync(GroupedHost host, CancellationToken cancellation)
    {
        VerdictInput input = new(host, history) { Thresholds = settings.Thresholds };
        input = input with { Handles = await CountHandlesAsync(input, cancellation).ConfigureAwait(false) };
        if (host.Snapshot.Ownership is null)
        {
            return input;
        }

        Dictionary<ProcessId, (InspectedKinds? Kinds, long At)> suspects = [];
        foreach (ProcessId suspect in VerdictInput.Suspects(host, settings.Thresholds))
        {
            if (!_suspects.TryGetValue(suspect, out (InspectedKinds? Kinds, long At) known) || time.GetElapsedTime(known.At) >= LookAgainAfter)
            {
                (_, ProcessInspection? inspection) = await InspectAsync(suspect, cancellation).ConfigureAwait(false);
                known = (inspection is { IsVisible: true } ? inspection.Kinds : null, time.GetTimestamp());
            }

            suspects.Add(suspect, known);
        }

        _suspects = suspects;
        return input with { Inspected = suspects.Where(static each => each.Value.Kinds is not null).ToDictionary(static each => each.Key, static each => each.Value.Kinds!) };
    }

    /// <summary>Likewise every few minutes only, and never for a scan that the verdict is silent about.</summary>
    private async Task<HandleCount?> CountHandlesAsync(VerdictInput input, CancellationToken cancellation)
    {
        if (!SystemHandlesRule.NeedsCount(input))
        {
            return null;
        }

        if (_handles is not { } known || time.GetElapsedTime(known.At) >= LookAgainAfter)
        {
            known = (await countHandles(input.Host.Snapshot.Processes!, cancellation).ConfigureAwait(false), time.GetTimestamp());
            _handles = known;
        }

        return known.Count;
    }
}
