using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Files;

/// <summary>
/// Inotify instances and their watches. The kernel limits both by user. It prints a line for each watch, so an instance with many is read
/// seldom.
/// </summary>
internal sealed class InotifyInstances
{
    /// <summary>Maximum number of descriptors to remember.</summary>
    internal const int MostRemembered = 8192;

    /// <summary>Number of watches to read per scan, about two milliseconds. An instance with more takes from the next scans, at most from four.</summary>
    private const long Budget = 512;
    private const long MaxDebt = 4 * Budget;

    /// <summary>An instance without watches costs as much as some watches.</summary>
    private const long CostOfInstance = 8;

    /// <summary>How long a number of watches is believed at the least, and for each watch: 0.01 % of the time is for reading.</summary>
    private static readonly TimeSpan s_fresh = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_freshPerWatch = TimeSpan.FromMilliseconds(50);

    /// <summary>How long instances are believed to be the same ones.</summary>
    private static readonly TimeSpan s_orderAge = TimeSpan.FromMinutes(10);

    private readonly ProcFs _procFs;
    private readonly TimeProvider _time;
    private readonly FdMemory<InotifyLink> _fds = new();
    private readonly InotifyOrder _order;
    private readonly Predicate<InotifyInstance> _isGone;
    private readonly List<InotifyInstance> _instances = [];
    private readonly Dictionary<int, Sums> _sums = [];
    private long _orderedAt;
    private long _credit;
    private uint _scan;

    internal InotifyInstances(ProcFs procFs, TimeProvider time)
    {
        (_procFs, _time, _orderedAt) = (procFs, time, time.GetTimestamp());
        _order = new InotifyOrder(procFs);
        _isGone = instance => instance.LastScan != _scan;
    }

    /// <param name="unread">Number of instances whose watches are not known.</param>
    internal ImmutableArray<InotifySample> Collect(RowBuffer<ListedFd> listed, ImmutableArray<ProcessSample> processes, Deadline deadline, out long unread)
    {
        _scan++;
        _fds.Update(listed, processes.AsSpan());
        FindInstances(processes.AsSpan());
        ReadWatches(deadline);
        _sums.Clear();
        unread = 0;
        foreach (InotifyInstance instance in _instances)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_sums, instance.Holder.Fd.Process, out _).Add(instance.Watches);
            unread += instance.Watches is null ? 1 : 0;
        }

        ImmutableArray<InotifySample>.Builder samples = ImmutableArray.CreateBuilder<InotifySample>(_sums.Count);
        foreach ((int process, Sums sums) in _sums)
        {
            samples.Add(new InotifySample(process, sums.Instances, sums.Watches));
        }

        return samples.MoveToImmutable();
    }

    private void FindInstances(ReadOnlySpan<ProcessSample> processes)
    {
        if (_time.GetElapsedTime(_orderedAt) >= s_orderAge)
        {
            _order.Restart();
            _orderedAt = _time.GetTimestamp();
        }

        // Known ones first: new ones are compared with descriptors that are still open.
        _instances.Clear();
        for (int i = 0; i < _fds.Count; i++)
        {
            if (_order.Knows(in _fds[i]))
            {
                Take(in _fds[i], _fds[i].Value.Instance);
            }
        }

        for (int i = 0; i < _fds.Count; i++)
        {
            ref FdMemory<InotifyLink>.Row row = ref _fds[i];
            if (!_order.Knows(in row))
            {
                row.Value = _order.Find(in row, processes[row.Fd.Process].Facts.ParentPid);
                Take(in row, row.Value.Instance);
            }
        }

        _order.RemoveGone(_isGone);
    }

    private void Take(in FdMemory<InotifyLink>.Row row, InotifyInstance instance)
    {
        if (instance.LastScan != _scan)
        {
            _instances.Add(instance);
        }

        if (instance.LastScan != _scan || row.Id.IsResponsibleBefore(instance.Holder.Id))
        {
            (instance.Holder, instance.File, instance.LastScan) = (row, InotifyInstance.FileOf(row.Fd), _scan);
        }
    }

    /// <summary>New instances first, then those read longest ago.</summary>
    private void ReadWatches(Deadline deadline)
    {
        _credit = Math.Min(_credit + Budget, Budget);
        _instances.Sort(static (a, b) => (a.Watches is not null).CompareTo(b.Watches is not null) is var order and not 0 ? order : a.ReadAt.CompareTo(b.ReadAt));
        foreach (InotifyInstance instance in _instances)
        {
            if (_credit <= 0 || deadline.HasPassed)
            {
                break;
            }

            if (IsDue(instance))
            {
                Read(instance);
                _credit = Math.Max(_credit - CostOfInstance - (instance.Watches ?? 0), -MaxDebt);
            }
        }
    }

    private bool IsDue(InotifyInstance instance)
    {
        TimeSpan age = _time.GetElapsedTime(instance.ReadAt);
        return !instance.IsHung && !instance.IsHidden(_procFs) && (instance.ReadAt == 0 || (age >= s_fresh && age >= s_freshPerWatch * (instance.Watches ?? 0)));
    }

    private void Read(InotifyInstance instance)
    {
        ListedFd fd = instance.Holder.Fd;
        ReadStatus status;
        long watches;
        try
        {
            instance.IsHung = true;
            status = InotifyFdInfo.TryCountWatches(_procFs, fd.Folder, fd.Number, out watches);
        }
        catch (KernelException)
        {
            // No handle left. If the call is abandoned, another exception is thrown.
            instance.IsHung = false;
            throw;
        }

        instance.IsHung = false;
        instance.ReadAt = _time.GetTimestamp();
        instance.Watches = status == ReadStatus.Ok ? watches : null;
    }

    private struct Sums
    {
        internal long Instances;
        internal long? Watches;

        internal void Add(long? watches)
        {
            Instances++;
            Watches = watches is null ? Watches : (Watches ?? 0) + watches;
        }
    }
}
