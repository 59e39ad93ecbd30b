using System.Text;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Cgroups;
using FdExporter.Scanning.Pods;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Processes;

/// <summary>
/// Reads rarely changing facts of a process. Facts without access stay unknown. If the process is gone, the caller notices
/// when counting its descriptors fails.
/// </summary>
internal sealed class ProcessFactsReader
{
    /// <summary>A thousand years at 100 ticks a second: a larger start time is invalid.</summary>
    private const ulong MaxStartTicks = 3_155_760_000_000;

    /// <summary>Maximum number of ancestors to consider for the name of a worker process.</summary>
    private const int MaxGenerations = 4;

    private readonly ProcFs _procFs;
    private readonly UserNames _users;
    private readonly TimeProvider _time;
    private readonly HungProcesses _hung;
    private readonly CommandLines _commandLines;
    private readonly PodNames? _pods;
    private readonly uint _ticksPerSecond;
    private byte[] _buffer = new byte[16 * 1024];
    private DateTimeOffset _bootTime;
    private long _bootTimeRead;

    /// <param name="pods">Null without names of pods.</param>
    internal ProcessFactsReader(ProcFs procFs, ProcessNamer namer, TimeProvider time, HungProcesses hung, PodNames? pods)
    {
        _pods = pods;
        _hung = hung;
        _commandLines = new CommandLines(procFs, hung);
        _procFs = procFs;
        Namer = namer;
        _users = new UserNames(procFs, time);
        _time = time;
        long ticks = Libc.sysconf(Libc._SC_CLK_TCK);
        _ticksPerSecond = ticks is > 0 and <= uint.MaxValue ? (uint)ticks : 100;
        ReadBootTime();
    }

    internal ProcessNamer Namer { get; set; }

    internal CommandLines CommandLines => _commandLines;

    internal DateTimeOffset StartTimeOf(ProcessId id)
        => _bootTime.AddTicks((long)(UInt128.Min(id.StartTicks, MaxStartTicks) * TimeSpan.TicksPerSecond / _ticksPerSecond));

    internal ProcessFacts ReadKernelThread(ProcessId id, ReadOnlySpan<byte> comm) => new()
    {
        Comm = Printable.NameOf(comm),
        Group = ReservedNames.Kernel,
        StartTime = StartTimeOf(id),
        IsKernelThread = true,
        User = _users.NameOf(0),
        Visibility = ProcessVisibility.Full,
    };

    /// <param name="commandLine">A hash of it, to detect a change next time; null if unknown, since reading it or others hangs.</param>
    /// <param name="isWhole">False if something could not be read now but may be readable later.</param>
    internal ProcessFacts Read(ProcessId id, in ProcessStat stat, FdTables tables, out int? commandLine, out bool isWhole)
    {
        isWhole = true;
        ProcFolder folder = FdTableFolders.FolderOf(id.Pid, tables, 0);
        uint? uid = ProcessStatus.TryRead(_procFs, folder, _buffer, out ProcessStatus status) == ReadStatus.Ok ? status.EffectiveUid : null;
        (string cgroup, CgroupOwner owner, string tenant) = ReadCgroup(folder);
        string comm = Printable.NameOf(stat.Comm);
        bool mayBeNamedLater = false;
        owner = _pods?.Complete(owner, comm, _time.GetUtcNow() - StartTimeOf(id), out mayBeNamedLater) ?? owner;
        List<string>? arguments = _commandLines.TryRead(id, folder, out int hash);
        commandLine = arguments is null ? null : hash;
        ProcessDescription description = new()
        {
            Id = id,
            Comm = comm,
            Arguments = arguments ?? [],
            User = uid is { } known ? _users.NameOf(known, out isWhole) : "",
            Cgroup = cgroup,
            Owner = owner,
            StartTime = StartTimeOf(id),
            WorkingDirectory = () => ReadWorkingDirectory(folder),
            Parent = ParentOf(id, stat.ParentPid, MaxGenerations),
        };
        isWhole &= !mayBeNamedLater;
        return new ProcessFacts
        {
            Comm = description.Comm,
            Group = ReservedNames.Avoid(Namer(description)),
            StartTime = description.StartTime,
            IsZombie = stat.IsZombie,
            ParentPid = stat.ParentPid,
            Tables = tables,
            Limits = ReadLimits(folder),
            User = description.User,
            Uid = uid,
            Owner = description.Owner,
            Tenant = tenant.Length > 0 ? tenant : description.User,
            Visibility = VisibilityOf(folder),
            NetNamespace = NetNamespace.TryRead(_procFs, folder, out ulong netNamespace) == ReadStatus.Ok ? netNamespace : null,
        };
    }

    /// <summary>The parent, for naming a child by it. A process that started later is not the parent; the parent's pid was reused.</summary>
    private Func<ProcessDescription?> ParentOf(ProcessId child, int parent, int generations) => () =>
    {
        if (parent <= 0 || generations == 0
            || _hung.IsHidden(parent)
            || ProcessStat.TryRead(_procFs, parent, _buffer, out ProcessStat stat) != ReadStatus.Ok
            || stat.StartTicks > child.StartTicks)
        {
            return null;
        }

        ProcessId id = new(parent, stat.StartTicks);
        int grandparent = stat.ParentPid;
        string comm = Printable.NameOf(stat.Comm);
        if (_commandLines.TryRead(id, parent, out _) is not { } arguments)
        {
            return null;
        }

        (string cgroup, CgroupOwner owner, _) = ReadCgroup(parent);
        return new ProcessDescription
        {
            Id = id,
            Comm = comm,
            Arguments = arguments,
            Cgroup = cgroup,
            Owner = owner,
            StartTime = StartTimeOf(id),
            WorkingDirectory = () => ReadWorkingDirectory(parent),
            Parent = ParentOf(id, grandparent, generations - 1),
        };
    };

    private string? ReadWorkingDirectory(ProcFolder folder) => WorkingDirectory.TryRead(_procFs, folder, out string path) == ReadStatus.Ok ? path : null;

    internal FdLimits? ReadLimits(ProcFolder folder)
        => ProcessLimits.TryRead(_procFs, folder, _buffer, out ProcessLimits limits) == ReadStatus.Ok
            ? new FdLimits(limits.SoftOpenFiles, limits.HardOpenFiles)
            : null;

    /// <summary>
    /// The clock may be set after the exporter started at boot, and start times move with it. So the boot time is read again,
    /// but not on each scan: /proc/stat is long on large machines.
    /// </summary>
    internal void RefreshBootTime()
    {
        if (_time.GetElapsedTime(_bootTimeRead) >= TimeSpan.FromMinutes(1))
        {
            ReadBootTime();
        }
    }

    private void ReadBootTime()
    {
        _bootTimeRead = _time.GetTimestamp();
        if (BootTime.TryRead(_procFs, ref _buffer, out ulong seconds) == ReadStatus.Ok && seconds <= int.MaxValue * 2L)
        {
            _bootTime = DateTimeOffset.FromUnixTimeSeconds((long)seconds);
        }
    }

    private (string Path, CgroupOwner Owner, string Tenant) ReadCgroup(ProcFolder folder)
    {
        if (ProcessCgroup.TryRead(_procFs, folder, ref _buffer, out ReadOnlySpan<byte> text) != ReadStatus.Ok)
        {
            return ("", CgroupOwner.None, "");
        }

        CgroupOwner owner = CgroupHierarchies.ParseOwner(text, out ReadOnlySpan<byte> path);
        return (Encoding.UTF8.GetString(path), owner, Encoding.UTF8.GetString(SystemCgroup.Parse(path).Tenant));
    }

    // Following a descriptor and the namespace link needs ptrace access; listing descriptors needs permission to read the
    // directory. A process may grant either without the other.
    private ProcessVisibility VisibilityOf(ProcFolder folder)
    {
        if (_procFs.IsKernel && NetNamespace.TryReadLink(_procFs, folder, out _) != ReadStatus.Ok)
        {
            return ProcessVisibility.CountOnly;
        }

        using ScopedFd directory = _procFs.TryOpen(ProcPath.Of(folder, "fd"u8), directory: true, out ScopedFd fd) == ReadStatus.Ok
            ? fd
            : new ScopedFd(-1);
        return directory.Value >= 0 ? ProcessVisibility.Full : ProcessVisibility.CountOnly;
    }
}
