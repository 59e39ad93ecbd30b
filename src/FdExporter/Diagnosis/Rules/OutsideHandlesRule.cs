using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>The machine's handles climb, and descriptors do not explain it. Names who maps, registers or does not receive files.</summary>
internal static class OutsideHandlesRule
{
    /// <summary>Default of vm.max_map_count: a program that maps files reaches it long before the machine's maximum.</summary>
    private const double MostMappings = 65_530;

    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        if (input.Handles is not { } count || input.Host.Snapshot.FileHandles is not { } handles || ClimbOf(input) is not var (certainty, growth))
        {
            yield break;
        }

        // Files that several processes share were counted for each of them so far.
        long outside = (long)Math.Min(handles.Allocated, long.MaxValue) - count.Handles;
        double rise = growth.OutsidePerHour * growth.Machine.Over.TotalHours;
        if (outside < rise)
        {
            yield break;
        }

        OutsideHolder? holder = OutsideHolders.LargestOf(input, (long)(rise / 2));
        string who = holder is { } found ? OutsideHolders.Sentence(input, in found)
            : $" No program was found that holds as many{(count.Outside.IsComplete ? "" : ", but not all could be looked at")}: the kernel itself may use them (for example NFS).";
        yield return new Finding(
            "handles_outside_descriptors",
            certainty == Certainty.Proven ? Severity.Warning : Severity.Note,
            $"{HumanText.Number(outside)} file handles of this machine have no descriptor, {HumanText.PerHour(growth.OutsidePerHour)} over the last {HumanText.Duration(growth.Machine.Over)}.{who}",
            holder is { } known ? OutsideHolders.AdviceOn(in known) : HandleHolder.FindMappedFiles)
        {
            Subject = "outside descriptors",
            Culprit = holder?.First,
            Rising = HistoryKey.SystemHandles,
        };
    }

    /// <summary>Whether more than half of a climb of the machine's handles is not in descriptors. Asks for the shares only where it climbs.</summary>
    internal static (Certainty Certainty, HandleGrowth Growth)? ClimbOf(VerdictInput input)
        => input.Host.Snapshot.FileHandles is { } handles && input.GrowthOf(HistoryKey.SystemHandles) is { Climb: { IsClimbing: true } climb }
            && climb.CertaintyFor(Math.Min((double)handles.Max - handles.Allocated, MostMappings)) is not Certainty.None and var certainty
            && HandleGrowth.Of(input) is { } growth && growth.OutsidePerHour * 2 > growth.Machine.PerHour
                ? (certainty, growth) : null;
}
