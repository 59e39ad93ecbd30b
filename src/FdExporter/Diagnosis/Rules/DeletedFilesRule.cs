using FdExporter.Accounts;
using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Programs that hold much space of deleted files: df shows it as used, du finds no file.</summary>
internal static class DeletedFilesRule
{
    internal static IEnumerable<Finding> Find(VerdictInput input)
    {
        if (input.Host.Snapshot.Processes is not { } table)
        {
            yield break;
        }

        foreach (ProgramAccount program in input.Host.Accounts.Programs)
        {
            foreach (IGrouping<(string Mountpoint, ulong Device), DeletedFilesSample> place in program.DeletedFiles.GroupBy(static each => (each.Mountpoint, each.Device)))
            {
                long? size = place.Max(static each => each.FileSystemBytes);
                double threshold = Math.Min(input.Thresholds.DeletedFilesBytes, size * input.Thresholds.DeletedFilesRatio ?? double.MaxValue);
                if (place.Sum(static each => each.Bytes) >= threshold)
                {
                    yield return FindingOf(program, [.. place.OrderByDescending(static each => each.Bytes)], size, threshold, table);
                }
            }
        }
    }

    private static Finding FindingOf(ProgramAccount program, List<DeletedFilesSample> place, long? size, double threshold, ProcessTable table)
    {
        DeletedFilesSample largest = place[0];
        ProcessSample process = table.Processes[largest.Process];
        long bytes = place.Sum(static each => each.Bytes);
        string who = place.Count == 1 ? HumanText.WhoIs(in process)
            : $"{HumanText.Number(place.Count)} processes, {HumanText.Bytes(largest.Bytes)} of {HumanText.WhoIs(in process)}";
        string share = size is > 0 and { } all ? $", {HumanText.Percent(bytes / (double)all)} of the file system" : "";
        return new Finding(
            "deleted_files",
            place.Sum(static each => each.LastingBytes) >= threshold ? Severity.Warning : Severity.Note,
            $"{program.Name} ({who}) holds {HumanText.Bytes(bytes)} in {HumanText.Count(place.Sum(static each => each.Files), "deleted file", "deleted files")} on {largest.Mountpoint}{share}. "
            + "Closing them frees the space; until then df shows it as used, and du does not find it.",
            $"List them: fd-exporter inspect {HumanText.Pid(process.Id)} --filter=deleted. Let {program.Name} open its files again: most servers do on a signal (logrotate's postrotate), all on a restart.")
        {
            Subject = $"{program.Name} {largest.Mountpoint}",
            Program = program.Name,
            Culprit = process.Id,
        };
    }
}
