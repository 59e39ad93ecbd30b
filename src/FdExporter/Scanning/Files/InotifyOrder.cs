using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;

namespace FdExporter.Scanning.Files;

/// <summary>
/// Tells which descriptors are one inotify instance. The instances are kept in the kernel's order of open files, so that a new descriptor is
/// compared with few. If the kernel refuses to compare, a descriptor with the same number as one of the parent process is the same
/// instance: inherited by fork.
/// </summary>
internal sealed class InotifyOrder(ProcFs procFs)
{
    private readonly List<InotifyInstance> _instances = [];
    private readonly Dictionary<(int Pid, int Number), InotifyInstance> _uncompared = [];
    private bool? _isOwnNamespace;
    private uint _order = 1;

    /// <summary>Descriptors may have been closed and opened again: all are compared again, and keep what is known of them.</summary>
    internal void Restart()
    {
        _order++;
        _instances.Clear();
        _uncompared.Clear();
    }

    /// <summary>Whether the instance of a descriptor has been found already.</summary>
    internal bool Knows(in FdMemory<InotifyLink>.Row row) => row.Value.Order == _order;

    internal InotifyLink Find(in FdMemory<InotifyLink>.Row row, int parent)
    {
        OpenFile file = InotifyInstance.FileOf(row.Fd);
        _isOwnNamespace ??= PidNamespace.IsOwn(procFs);

        // The kernel may refuse comparisons with a process, even to root; comparing a file with itself tests this.
        bool isComparable = _isOwnNamespace.Value && procFs.MayAsk(row.Id.Pid) && TryCompare(in file, in file, row.Id.Pid, out _) == ReadStatus.Ok;
        return new InotifyLink(isComparable ? FindEqual(in file, in row) : Guess(in file, in row, parent), _order);
    }

    /// <param name="isGone">Whether no descriptor leads to it any more.</param>
    internal void RemoveGone(Predicate<InotifyInstance> isGone)
    {
        _instances.RemoveAll(isGone);
        if (_uncompared.Count > 0)
        {
            foreach (((int Pid, int Number) fd, InotifyInstance instance) in _uncompared)
            {
                if (isGone(instance))
                {
                    _uncompared.Remove(fd);
                }
            }
        }
    }

    private InotifyInstance FindEqual(in OpenFile file, in FdMemory<InotifyLink>.Row row)
    {
        int low = 0;
        int high = _instances.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            InotifyInstance other = _instances[middle];
            int order = 0;
            if (other.IsHidden(procFs) || TryCompare(in file, other.File, other.Holder.Id.Pid, out order) != ReadStatus.Ok)
            {
                // Closed meanwhile, or its process hangs.
                if (TryCompare(in file, in file, row.Id.Pid, out _) != ReadStatus.Ok)
                {
                    return New(in file, in row);
                }

                _instances.RemoveAt(middle);
                high--;
            }
            else if (order == 0)
            {
                return other;
            }
            else
            {
                (low, high) = order < 0 ? (low, middle) : (middle + 1, high);
            }
        }

        InotifyInstance found = New(in file, in row);
        _instances.Insert(low, found);
        return found;
    }

    private static ReadStatus TryCompare(in OpenFile file, in OpenFile other, int otherPid, out int order)
    {
        WatchedCalls.Begin(otherPid);
        ReadStatus status = file.TryCompareTo(in other, out order);
        WatchedCalls.End();
        return status;
    }

    private InotifyInstance Guess(in OpenFile file, in FdMemory<InotifyLink>.Row row, int parent)
    {
        InotifyInstance found = _uncompared.GetValueOrDefault((parent, row.Fd.Number)) ?? New(in file, in row);
        _uncompared[(row.Id.Pid, row.Fd.Number)] = found;
        return found;
    }

    // In a new order two descriptors that shared an instance may have become two.
    private InotifyInstance New(in OpenFile file, in FdMemory<InotifyLink>.Row row)
    {
        InotifyInstance instance = row.Value.Instance is { } before && before.Order != _order ? before : new InotifyInstance();
        (instance.File, instance.Holder, instance.Order) = (file, row, _order);
        return instance;
    }
}
