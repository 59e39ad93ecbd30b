using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>
/// The program that holds most of the machine's file handles, where it is known. A descriptor is not a handle: after fork many share
/// one, and a file that is mapped and closed is a handle without a descriptor.
/// </summary>
/// <param name="Sentence">With a blank before it; may be empty.</param>
internal sealed record HandleHolder(string Sentence, ProcessId? Culprit, string Advice)
{
    /// <summary>Whether one program holds more than half of them.</summary>
    internal bool HoldsMost { get; private init; }

    private const string LookForIt = "Find the program that holds most.";
    private const string LookElsewhere = "Find the programs that map the most files: wc -l /proc/[0-9]*/maps | sort -n | tail. Shared memory: ipcs -m.";
    private const string LookOutside = "Run fd-exporter on the host itself, or with its pid namespace (--pid=host), to see which program holds them.";

    internal static HandleHolder Of(VerdictInput input, FileHandles handles)
    {
        HostSnapshot snapshot = input.Host.Snapshot;
        if (snapshot.Coverage.IsWholeMachine != true)
        {
            return snapshot.Coverage.IsWholeMachine == false
                ? new HandleHolder(" The number is for the whole machine; the exporter sees only the processes of its pid namespace (a container or guest), so the program that holds them is not known.", null, LookOutside)
                : new HandleHolder(" The program that holds them is not known: the exporter cannot tell whether it sees all processes of the machine.", null, LookOutside);
        }

        if (snapshot.HidesProcesses)
        {
            return new HandleHolder(
                " The program that holds them is not known: other users' processes are hidden from the exporter.", null, snapshot.Coverage.AdviceInOneLine);
        }

        return snapshot.Processes is null ? new HandleHolder("", null, LookForIt)
            : input.Handles is { Largest: { IsProven: true } largest } count ? OfHandles(input.Host, handles, count, largest)
            : OfDescriptors(input.Host, handles);
    }

    /// <summary> appserver (pid 11342, unit payment.service) holds 9 930 of them, 61 %, most of them sockets in CLOSE_WAIT (9 812).</summary>
    private static HandleHolder OfHandles(GroupedHost host, FileHandles handles, HandleCount count, ProgramHandles largest)
    {
        long without = WithoutDescriptor(handles, count.Handles);
        if (without > largest.Handles)
        {
            return OfNobody("", without);
        }

        TopProcess? top = Find(host, largest.First);
        string who = top is { } holder ? HumanText.Share(largest.OfFirst, largest.Handles, "in", holder.Sample) : "";
        string share = HumanText.Percent((double)largest.Handles / Math.Max(handles.Allocated, 1));
        string processes = $"{HumanText.Number(largest.Processes)} processes";
        string by = (IsShared: largest.Descriptors > largest.Handles + (largest.Handles / 10), largest.Processes) switch
        {
            (true, 1) => $", with {HumanText.Number(largest.Descriptors)} descriptors (dup)",
            (true, _) => $", shared by {processes} with {HumanText.Number(largest.Descriptors)} descriptors (after fork)",
            (_, 1) => HumanText.MostOf(top?.Holdings, largest.Handles),
            _ => $", in {processes}",
        };
        string rest = without * 4 > (long)Math.Min(handles.Allocated, long.MaxValue / 4) ? $" {HumanText.Number(without)} have no descriptor (mapped files, kernel use)." : "";
        return new HandleHolder($" {largest.Group}{who} holds {HumanText.Number(largest.Handles)} of them, {share}{by}.{rest}", top?.Sample.Id, AdviceOn(largest.Group)) { HoldsMost = IsMost(largest.Handles, handles) };
    }

    private static string AdviceOn(string program) => $"Check whether {program} needs so many.";

    /// <summary>Where the open files could not be counted.</summary>
    private static HandleHolder OfDescriptors(GroupedHost host, FileHandles handles)
    {
        long all = host.Groups.Sum(static group => group.OpenFds ?? 0);
        GroupSample? largest = host.Groups.Where(static group => group.Name != GroupSample.Other).MaxBy(static group => group.OpenFds ?? 0);
        long without = WithoutDescriptor(handles, all);
        if (largest?.OpenFds is not { } open || without > open)
        {
            return OfNobody("At least ", without);
        }

        TopProcess? top = null;
        foreach (TopProcess each in host.TopProcesses)
        {
            top ??= each.Sample.Facts.Group == largest.Name ? each : null;
        }

        string who = top is { } first ? $" ({(largest.Processes > 1 ? "most in " : "")}{HumanText.WhoIs(first.Sample)})" : "";
        string processes = largest.Processes > 1 ? $" in {HumanText.Number(largest.Processes)} processes" : "";
        return new HandleHolder(
            $" {largest.Name}{who} holds the most descriptors: {HumanText.Number(open)}{processes}. Some may be shared, so the number of handles is not known.",
            top?.Sample.Id,
            AdviceOn(largest.Name))
        { HoldsMost = IsMost(open, handles) };
    }

    private static bool IsMost(long held, FileHandles handles) => held > handles.Allocated / 2.0;

    private static HandleHolder OfNobody(string atLeast, long without) => new(
        $" {atLeast}{HumanText.Number(without)} of them have no descriptor (mapped files, sockets in flight, kernel use), so the program that holds them is not known.", null, LookElsewhere);

    /// <summary>Never below 0: descriptors and handles are not counted at the same moment.</summary>
    private static long WithoutDescriptor(FileHandles handles, long inDescriptors)
        => Math.Max(0, (long)Math.Min(handles.Allocated, long.MaxValue) - inDescriptors);

    private static TopProcess? Find(GroupedHost host, ProcessId id)
    {
        foreach (TopProcess top in host.TopProcesses)
        {
            if (top.Sample.Id == id)
            {
                return top;
            }
        }

        foreach (ProcessSample process in host.Snapshot.Processes?.Processes ?? [])
        {
            if (process.Id == id)
            {
                return new TopProcess(process, null);
            }
        }

        return null;
    }
}
