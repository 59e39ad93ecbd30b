using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Descriptors;

/// <summary>Which processes have a map of their descriptors, and what the maps know of sockets without an owner.</summary>
internal sealed partial class SocketOwnerCollector
{
    /// <summary>With fewer descriptors a walk is faster than finding the changes.</summary>
    private const int MinMapped = 64;

    /// <summary>Total of all processes, 20 MB. Further ones get no map and are walked.</summary>
    private const long MaxMapped = 4 << 20;

    private readonly HashSet<uint> _wanted = [];
    private long _mapped;
    private uint _mapsSearched;

    /// <summary>An empty map for a new walk to fill; null if the process is not worth one.</summary>
    private FdMap? MapFor(WalkedProcess process)
    {
        if (_fds.Source != FdCountSource.Stat || process.Sample.Facts.Tables.Count != 1 || process.Rings is not null
            || process.Sample.OpenFds is not (>= MinMapped and var fds) || _mapped + fds > MaxMapped)
        {
            return null;
        }

        _mapped += process.Map is null ? fds : 0;
        process.Map?.Clear();
        return process.Map ?? new FdMap();
    }

    /// <summary>A walk is complete: later checks start from its result.</summary>
    private void EndMap(WalkedProcess process)
    {
        if (process.Map is not { } map)
        {
            return;
        }

        if (process.Rings is not null || map.Count < MinMapped)
        {
            process.Map = null;
            return;
        }

        // If the process was quiet meanwhile, the difference to the kernel's count is reserved numbers.
        map.Trim();
        if (_fds.TryCount(process.Folder, out long fds) == ReadStatus.Ok && fds == process.Sample.OpenFds)
        {
            map.Reserved = Math.Max(0, fds - map.Count);
        }
    }

    /// <summary>
    /// Sockets without an owner that were seen at a descriptor of a process while another one owned them. Each is searched once after it
    /// lost its owner.
    /// </summary>
    private void SearchMaps(TcpSocketTable sockets, Deadline deadline)
    {
        if (_newestSearched <= _mapsSearched)
        {
            return;
        }

        _mapsSearched = _newestSearched;
        _wanted.Clear();
        foreach (int row in _unowned.Span)
        {
            _ = _wanted.Add(sockets.Rows.Span[row].Inode);
        }

        _queue.Clear();
        for (int slot = 0; slot < _slots.Count; slot++)
        {
            if (_slots[slot] is { MayWalk: true, Map: { } map } && map.HasAny(_wanted))
            {
                _queue.Add(slot);
            }
        }

        _queue.Sort(ByOwnership);
        foreach (int slot in _queue)
        {
            if (_searched > 0 && TryBeginCheck(slot, out ScopedFd opened))
            {
                using (opened)
                {
                    SearchMap(_slots[slot]!, opened.Value, deadline);
                }
            }
        }
    }

    private void SearchMap(WalkedProcess process, int opened, Deadline deadline)
    {
        FdMap map = process.Map!;
        for (int number = 0; number < map.End && !_mustWalk; number++)
        {
            if (map.IsSocket(number) && _wanted.Contains(map.InodeAt(number)) && !TryFollow(process, opened, number, deadline))
            {
                break;
            }
        }

        // If the map cannot hold what was found, the process is walked at its next change.
        process.Map = _mustWalk ? null : map;
        process.UseMap();
    }
}
