using System.Text;
using FdExporter.Linux.Files;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Inspection;

/// <summary>Reads the program file of a process, and finds its runtime: from that file and its memory mappings. Only on request.</summary>
internal sealed class RunningProgramReader(ProcFs procFs)
{
    /// <summary>Unit: bytes. About 20,000 mappings, which take the kernel 40 ms.</summary>
    private const int MostBytes = 2 * 1024 * 1024;

    /// <summary>PATH_MAX; the kernel refuses to return a longer path.</summary>
    private const int MaxPath = 4096;

    /// <summary>
    /// The mappings of a process that hangs cannot be read, but all else about it can. So they are read on a thread that is
    /// abandoned alone.
    /// </summary>
    private static readonly FileThread s_shared = new(TimeSpan.FromMilliseconds(500));

    /// <returns>Null if unknown: access is denied.</returns>
    internal RunningProgram? TryRead(in ProcessSample process)
    {
        ProcFolder folder = FdTableFolders.FolderOf(in process);
        Span<byte> buffer = stackalloc byte[MaxPath];
        if (!procFs.MayAsk(process.Id.Pid) || procFs.TryReadLink(ProcPath.Of(folder, "exe"u8), buffer, out ReadOnlySpan<byte> path) != ReadStatus.Ok)
        {
            return null;
        }

        bool isReplaced = path.EndsWith(Deleted);
        path = isReplaced ? path[..^Deleted.Length] : path;
        DateTimeOffset? placedAt = procFs.TryStatProgram(folder, out DateTimeOffset known) == ReadStatus.Ok ? known : null;
        return new RunningProgram(Encoding.UTF8.GetString(path), placedAt, isReplaced, RuntimeSigns.OfProgram(path) ?? TryFindRuntime(folder));
    }

    private static ReadOnlySpan<byte> Deleted => " (deleted)"u8;

    /// <returns>Null if unknown: the process hangs or has too many mappings.</returns>
    private ProgramRuntime? TryFindRuntime(ProcFolder folder)
    {
        try
        {
            return s_shared.Run(() => TryReadMappings(folder));
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            return null;
        }
    }

    private ProgramRuntime? TryReadMappings(ProcFolder folder)
    {
        RuntimeSigns signs = default;
        ReadStatus status = ProcessMaps.TryRead(procFs, folder, MostBytes, (in Mapping mapping, ReadOnlySpan<byte> path) =>
        {
            signs.Add(mapping.Start, path);
            return true;
        });
        return status == ReadStatus.Ok ? signs.Runtime : null;
    }
}
