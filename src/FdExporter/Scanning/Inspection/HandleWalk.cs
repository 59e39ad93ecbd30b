using System.Runtime.InteropServices;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Inspection;

/// <summary>
/// One walk over all descriptors of all processes, the oldest process first. Sockets are identified by inode. Other files
/// with the same target are kept in the kernel's order of open files, so that each is compared with a few. If the kernel
/// refuses to compare, descriptors with the same number and target in processes of one name count as one file, marked as
/// unproven.
/// </summary>
internal sealed class HandleWalk
{
    /// <summary>Number of descriptors between two checks of the clock.</summary>
    private const int DeadlineEvery = 64;

    private readonly ProcFs _procFs;
    private readonly FdLinks _links;
    private readonly FdLinkVisitor _visit;
    private readonly Deadline _deadline;
    private readonly bool _isOwnNamespace;
    private readonly HashSet<ulong> _sockets = [];
    private readonly Dictionary<int, SortedSet<OpenFile>> _files = [];
    private readonly HashSet<(string Group, int Number, int Target)> _uncompared = [];
    private readonly Dictionary<string, Tally> _programs = [];
    private readonly List<(int Process, int Fd)> _rings = [];
    private ProcessSample _process;
    private int _index;
    private Tally _program = new();
    private bool _mayCompare;
    private long _ofProcess;
    private int _visited;
    private FdPosition _next;

    internal HandleWalk(ProcFs procFs, Deadline deadline)
    {
        _procFs = procFs;
        _links = new FdLinks(procFs);
        _visit = Visit;
        _deadline = deadline;
        _isOwnNamespace = PidNamespace.IsOwn(procFs);
    }

    /// <returns>Null if time ran out.</returns>
    internal HandleCount? Count(ProcessTable table)
    {
        foreach (int index in Enumerable.Range(0, table.Processes.Length)
            .Where(each => table.Processes[each].OpenFds > 0)
            .OrderBy(each => table.Processes[each].Id.StartTicks)
            .ThenBy(each => table.Processes[each].Id.Pid))
        {
            _index = index;
            if (!Walk(table.Processes[index]))
            {
                return null;
            }
        }

        ProgramHandles? largest = null;
        foreach ((string group, Tally tally) in _programs)
        {
            if (tally.Handles > (largest?.Handles ?? 0))
            {
                largest = new ProgramHandles(group, tally.Processes, tally.Descriptors, tally.Handles, tally.Unproven, tally.First, tally.OfFirst);
            }
        }

        return new HandleCount(_programs.Values.Sum(static each => each.Descriptors), _programs.Values.Sum(static each => each.Handles), largest)
        {
            Outside = new OutsideWalk(_procFs, _deadline).Find(table, _rings),
        };
    }

    private bool Walk(ProcessSample process)
    {
        ref Tally? program = ref CollectionsMarshal.GetValueRefOrAddDefault(_programs, process.Facts.Group, out _);
        _program = program ??= new Tally();
        _process = process;
        _ofProcess = 0;
        _mayCompare = _isOwnNamespace;
        long before = _program.Descriptors;
        _next = default;
        ReadStatus status = FdTableWalk.TryWalk(_links, process.Id.Pid, process.Facts.Tables, ref _next, _visit);
        if (status == ReadStatus.Denied)
        {
            // Only their number is known.
            long refused = Math.Max(0, process.OpenFds!.Value - (_program.Descriptors - before));
            _program.Descriptors += refused;
            _program.Handles += refused;
            _program.Unproven += refused;
            _ofProcess += refused;
        }

        _program.Processes++;
        if (_ofProcess > _program.OfFirst)
        {
            (_program.First, _program.OfFirst) = (process.Id, _ofProcess);
        }

        return _next == default;
    }

    private bool Visit(int number, FdLink link, ReadOnlySpan<byte> target)
    {
        _program.Descriptors++;
        if (link.Kind == FdKind.IoUring && _next.Table == 0)
        {
            _rings.Add((_index, number));
        }

        if (link.SocketInode != 0 ? _sockets.Add(link.SocketInode) : IsNew(number, HashOf(target)))
        {
            _program.Handles++;
            _ofProcess++;
        }

        return ++_visited % DeadlineEvery != 0 || !_deadline.HasPassed;
    }

    private bool IsNew(int number, int target)
    {
        ProcFolder folder = FdTableFolders.FolderOf(_process.Id.Pid, _process.Facts.Tables, _next.Table);
        OpenFile file = new(folder.Thread != 0 ? folder.Thread : folder.Pid, number);
        if (_mayCompare)
        {
            // The kernel may refuse comparisons with a process, even to root; comparing a file with itself tests this.
            _mayCompare = file.TryCompareTo(in file, out _) != ReadStatus.Denied;
        }

        if (_mayCompare)
        {
            ref SortedSet<OpenFile>? files = ref CollectionsMarshal.GetValueRefOrAddDefault(_files, target, out _);
            files ??= new SortedSet<OpenFile>(new KernelOrder());
            return files.Add(file);
        }

        if (_uncompared.Add((_process.Facts.Group, number, target)))
        {
            return true;
        }

        _program.Unproven++;
        return false;
    }

    private static int HashOf(ReadOnlySpan<byte> target)
    {
        // Different targets with equal hashes only cost a comparison.
        HashCode hash = default;
        hash.AddBytes(target);
        return hash.ToHashCode();
    }

    /// <summary>By the kernel's order; files closed meanwhile by their number, which at worst counts a file twice.</summary>
    private sealed class KernelOrder : IComparer<OpenFile>
    {
        public int Compare(OpenFile one, OpenFile other)
            => one.TryCompareTo(in other, out int order) == ReadStatus.Ok ? order : (one.Pid, one.Fd).CompareTo((other.Pid, other.Fd));
    }

    private sealed class Tally
    {
        internal int Processes { get; set; }

        internal long Descriptors { get; set; }

        internal long Handles { get; set; }

        internal long Unproven { get; set; }

        internal ProcessId First { get; set; }

        internal long OfFirst { get; set; }
    }
}
