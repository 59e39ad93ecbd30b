using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Wording;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>
/// The program that holds most of the machine's file handles, where it is known. A descriptor is not a handle: after fork many share
/// one, and a file that is mapped and closed is a handle without a descriptor.
/// </summary>
/// <param name="Sentence">With a blank before it; may be empty.</param>
internal sealed record HandleHolder(string Sentence, ProcessId? Culprit, string Advice)
{
    /// <summary>Whether one program holds more than half of them.</summary>
    internal bool HoldsMost { get; private init; }

    private const string FindProgram = "Find the program that holds most.";
    internal const string FindMappedFiles = "Find the programs that map the most files: wc -l /proc/[0-9]*/maps | sort -n | tail. Shared memory: ipcs -m.";
    private const string RunOnHost = "Run fd-exporter on the host itself, or with its pid namespace (--pid=host), to see which program holds them.";

    internal static HandleHolder Of(VerdictInput input, FileHandles handles)
    {
        HostSnapshot snapshot = input.Host.Snapshot;
        if (snapshot.Coverage.IsWholeMachine != true)
        {
            return snapshot.Coverage.IsWholeMachine == false
                ? new HandleHolder(" The number is for the whole machine; the exporter sees only the processes of its pid namespace (a container or guest), so the program that holds them is not known.", null, RunOnHost)
                : new HandleHolder(" The program that holds them is not known: the exporter cannot tell whether it sees all processes of the machine.", null, RunOnHost);
        }

        if (snapshot.HidesProcesses)
        {
            return new HandleHolder(
                " The program that holds them is not known: other users' processes are hidden from the exporter.", null, snapshot.Coverage.AdviceInOneLine);
        }

        return snapshot.Processes is null ? new HandleHolder("", null, FindProgram)
            : input.Handles is { Largest: { IsProven: true } largest } count ? OfHandles(input, handles, count, largest)
            : OfDescriptors(input, handles);
    }

    /// <summary> appserver (pid 11342, unit payment.service) holds 9 930 of them, 61 %, most of them sockets in CLOSE_WAIT (9 812).</summary>
    private static HandleHolder OfHandles(VerdictInput input, FileHandles handles, HandleCount count, ProgramHandles largest)
    {
        long without = WithoutDescriptor(handles, count.Handles);
        if (without > largest.Handles)
        {
            return OfOutside(input, "", without);
        }

        TopProcess? top = Find(input.Host, largest.First);
        string who = top is { } holder ? HumanText.Share(largest.OfFirst, largest.Handles, "in", holder.Sample) : "";
        string share = HumanText.Percent((double)largest.Handles / Math.Max(handles.Allocated, 1));
        string processes = $"{HumanText.Number(largest.Processes)} processes";
        string by = (IsShared: largest.Descriptors > largest.Handles + (largest.Handles / 10), largest.Processes) switch
        {
            (true, 1) => $", with {HumanText.Number(largest.Descriptors)} descriptors (dup)",
            (true, _) => $", shared by {processes} with {HumanText.Number(largest.Descriptors)} descriptors (after fork)",
            (_, 1) => HumanText.MostOf(top?.Holdings, largest.Handles, input.Inspected.GetValueOrDefault(largest.First)),
            _ => $", in {processes}",
        };
        string rest = without * 4 > (long)Math.Min(handles.Allocated, long.MaxValue / 4) ? $" {HumanText.Number(without)} have no descriptor (mapped files, kernel use)." : "";
        return new HandleHolder($" {largest.Group}{who} holds {HumanText.Number(largest.Handles)} of them, {share}{by}.{rest}", top?.Sample.Id, AdviceOn(largest.Group)) { HoldsMost = IsMost(largest.Handles, handles) };
    }

    private static string AdviceOn(string program) => $"Check whether {program} needs so many.";

    /// <summary>Where the open files could not be counted.</summary>
    private static HandleHolder OfDescriptors(VerdictInput input, FileHandles handles)
    {
        GroupedHost host = input.Host;
        long all = host.Groups.Sum(static group => group.OpenFds ?? 0);
        GroupSample? largest = host.Groups.Where(static group => group.Name != GroupSample.Other).MaxBy(static group => group.OpenFds ?? 0);
        long without = WithoutDescriptor(handles, all);
        if (largest?.OpenFds is not { } open || without > open)
        {
            return OfOutside(input, "At least ", without);
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

    private static HandleHolder OfOutside(VerdictInput input, string atLeast, long without)
    {
        string number = $" {atLeast}{HumanText.Number(without)} of them have no descriptor";
        return OutsideHolders.LargestOf(input, without / 2) is { } holder
            ? new HandleHolder($"{number}.{OutsideHolders.Sentence(input, in holder)}", holder.First, OutsideHolders.AdviceOn(in holder)) { HoldsMost = IsMost(holder.Count, input.Host.Snapshot.FileHandles!) }
            : new HandleHolder($"{number} (mapped files, sockets in flight, kernel use), so the program that holds them is not known.", null, FindMappedFiles);
    }

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

        return host.Snapshot.Processes?.TryFind(id) is { } process ? new TopProcess(process, null) : null;
    }
}
