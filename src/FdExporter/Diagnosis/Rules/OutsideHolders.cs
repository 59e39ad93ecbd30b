using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>The program that holds most of the handles that no descriptor shows.</summary>
internal static class OutsideHolders
{
    /// <param name="least">With fewer it does not explain them.</param>
    internal static OutsideHolder? LargestOf(VerdictInput input, long least)
    {
        OutsideHolder? found = input.Handles?.Outside.Holders is [var largest, ..] && largest.Count >= least ? largest : null;
        if (input.Host.Snapshot is { Processes: { } table, Ownership.InFlight: { IsEmpty: false } inFlight })
        {
            InFlightSample most = inFlight.MaxBy(static each => each.Count);
            ProcessSample receiver = table.Processes[most.Process];
            if (most.Count >= Math.Max(least, found?.Count ?? 0))
            {
                return new OutsideHolder(receiver.Facts.Group, OutsideKind.InFlight, most.Count, receiver.Id, most.Count);
            }
        }

        return found;
    }

    /// <summary><c> worker (pid 77) holds about 4 900 of them: files that it has mapped and closed.</c></summary>
    internal static string Sentence(VerdictInput input, in OutsideHolder holder)
    {
        ProcessSample? process = holder.First is { } id ? input.Host.Snapshot.Processes?.TryFind(id) : null;
        string who = process is { } known ? HumanText.Share(holder.OfFirst, holder.Count, "in", in known) : "";
        string what = holder.Kind switch
        {
            OutsideKind.Mapped => "files that it has mapped and closed, or shared memory",
            OutsideKind.SharedMemory => "segments of System V shared memory that it has made",
            OutsideKind.IoUring => "files that it has registered with an io_uring",
            _ => "descriptors sent to it over a Unix socket and not received",
        };
        return $" {holder.Group}{who} holds {HumanText.Number(holder.Count)} of them: {what}.";
    }

    internal static string AdviceOn(in OutsideHolder holder)
    {
        string pid = HumanText.Pid(holder.First);
        return holder.Kind switch
        {
            OutsideKind.Mapped => $"List them: awk '$5 != 0 {{ print $6, $7 }}' /proc/{pid}/maps | sort | uniq -c | sort -nr | head. The developers must unmap what they have mapped: a process can have 65\u00a0530 mappings (sysctl vm.max_map_count).",
            OutsideKind.SharedMemory => "List them: ipcs -m -p; remove those that no program uses: ipcrm -m ID. The developers must remove a segment with shmctl(IPC_RMID) once it is attached, then it ends with the last program.",
            OutsideKind.IoUring => $"List them: fd-exporter inspect {pid}. The developers must unregister files that they do not use any more.",
            _ => $"Its reader hangs or has ended: take a thread dump of {holder.Group} before you restart it.",
        };
    }
}
