using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Scanning.Reading;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Scanning.Descriptors;

/// <summary>Which processes have a map of their descriptors, and what the maps know of sockets that have no owner.</summary>
internal sealed partial class SocketOwnerCollector
{
    /// <summary>Fewer descriptors are walked faster than it is found out which of them changed.</summary>
    private const int LeastMapped = 64;

    /// <summary>Of all processes together, 20 MB; the largest beyond it are walked.</summary>
    private const long MostMapped = 4 << 20;

    private readonly HashSet<uint> _wanted = [];
    private long _mapped;
    private uint _mapsSearched;

    /// <summary>Empty, for a walk that begins now to fill; null where the process is not worth it.</summary>
    private FdMap? MapFor(WalkedProcess process)
    {
        if (_fds.Source != FdCountSource.Stat || process.Sample.Facts.Tables.Count != 1 || process.Rings is not null
            || process.Sample.OpenFds is not (>= LeastMapped and var fds) || _mapped + fds > MostMapped)
        {
            return null;
        }

        _mapped += process.Map is null ? fds : 0;
        process.Map?.Clear();
        return process.Map ?? new FdMap();
    }

    /// <summary>A walk has come to its end: what it filled is what later looks begin with.</summary>
    private void EndMap(WalkedProcess process)
    {
        if (process.Map is not { } map)
        {
            return;
        }

        if (process.Rings is not null || map.Count < LeastMapped)
        {
            process.Map = null;
            return;
        }

        // Where the process was quiet meanwhile, what is counted beyond is reserved.
        map.Trim();
        if (_fds.TryCount(process.Folder, out long fds) == ReadStatus.Ok && fds == process.Sample.OpenFds)
        {
            map.Reserved = Math.Max(0, fds - map.Count);
        }
    }

    /// <summary>
    /// Sockets without an owner that were seen at a descriptor of a process when another one owned them. Each is looked for once
    /// after it has lost its owner.
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
            if (_searched > 0 && TryBeginLook(slot, out ScopedFd opened))
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

        // One whose map cannot hold what was found is walked when it changes next.
        process.Map = _mustWalk ? null : map;
        process.UseMap();
    }
}
