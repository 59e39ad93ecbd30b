using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Processes;

/// <summary>
/// Finds out whether a process can run. Used only for processes to be blamed: it reads two files, and two more if the process
/// cannot run.
/// </summary>
internal sealed class ProcessRunReader(ProcFs procFs)
{
    private byte[] _buffer = new byte[4096];

    /// <returns>True also if it is gone or cannot be read.</returns>
    internal ProcessRun Read(in ProcessSample process)
    {
        ProcFolder folder = FdTableFolders.FolderOf(in process);
        if (!procFs.MayAsk(process.Id.Pid) || ProcessStat.TryRead(procFs, folder, _buffer, out ProcessStat stat) != ReadStatus.Ok)
        {
            return ProcessRun.Runs;
        }

        byte state = stat.State;
        return state switch
        {
            (byte)'T' => new ProcessRun(RunState.Stopped),
            (byte)'t' => TracedBy(folder),
            _ when WaitChannel.TryRead(procFs, folder, _buffer, out ReadOnlySpan<byte> channel) == ReadStatus.Ok && WaitChannel.IsFrozen(channel, state)
                => new ProcessRun(RunState.Frozen, FreezeFile: FreezeFileOf(folder, isUnified: state == (byte)'S')),
            _ => ProcessRun.Runs,
        };
    }

    private ProcessRun TracedBy(ProcFolder folder)
    {
        int tracer = ProcessStatus.TryRead(procFs, folder, _buffer, out ProcessStatus status) == ReadStatus.Ok ? status.Tracer : 0;
        string name = tracer > 0 && ProcessStat.TryRead(procFs, tracer, _buffer, out ProcessStat stat) == ReadStatus.Ok ? Printable.NameOf(stat.Comm) : "";
        return new ProcessRun(RunState.Traced, tracer, name);
    }

    /// <summary>Checks only its own group, not the ancestors of the group.</summary>
    private string FreezeFileOf(ProcFolder folder, bool isUnified)
    {
        if (ProcessCgroup.TryRead(procFs, folder, ref _buffer, out ReadOnlySpan<byte> text) != ReadStatus.Ok)
        {
            return "";
        }

        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line) && ProcessCgroup.TryParseLine(line, out ReadOnlySpan<byte> controllers, out ReadOnlySpan<byte> path))
        {
            if (isUnified ? controllers.IsEmpty : controllers.SequenceEqual("freezer"u8))
            {
                string group = Encoding.UTF8.GetString(path).TrimEnd('/');
                return isUnified ? $"{group}/cgroup.freeze" : $"/freezer{group}/freezer.state";
            }
        }

        return "";
    }
}
