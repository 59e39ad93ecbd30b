using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>
/// Adds up the space of deleted files by program and mount point. Shows the largest; the rest of each program is in its mount point
/// <c>other</c>. What was shown once stays, with 0, while its program is shown: temporary files come and go.
/// </summary>
internal sealed class DeletedFilesGrouper
{
    private readonly StickyTop<Key> _top;
    private readonly HashSet<Key> _shown;
    private readonly Dictionary<(Key Key, ulong Device), Sums> _devices = [];
    private readonly Dictionary<Key, Sums> _all = [];
    private readonly SortedDictionary<Key, Sums> _folded = [];

    internal DeletedFilesGrouper(GroupLimits limits, TimeProvider time) => (_top, _shown) = (new StickyTop<Key>(limits.TopEndpoints, time), []);

    private DeletedFilesGrouper(DeletedFilesGrouper other) => (_top, _shown) = (other._top.Copy(), [.. other._shown]);

    internal DeletedFilesGrouper Copy() => new(this);

    internal void Restart()
    {
        _top.Restart();
        _shown.Clear();
    }

    internal (ImmutableArray<DeletedFilesGroup> Groups, int Folded) Group(HostAccounts accounts, GroupTable groups)
    {
        AddUp(accounts, groups);
        _top.Clear();
        foreach ((Key key, Sums sums) in _all)
        {
            _top.Add(key, sums.Bytes);
        }

        _top.Choose();
        _folded.Clear();
        _shown.Clear();
        int folded = 0;
        foreach ((Key key, Sums sums) in _all)
        {
            bool isShown = _top.Contains(key);
            folded += isShown ? 0 : 1;
            Key shown = isShown ? key : key with { Mountpoint = GroupSample.Other };
            _folded[shown] = _folded.GetValueOrDefault(shown).Plus(isShown ? sums : sums with { Ratio = null });
            if (isShown)
            {
                _shown.Add(key);
            }
        }

        return ([.. _folded.Select(static each => new DeletedFilesGroup(each.Key.Group, each.Key.Mountpoint, each.Value.Bytes, each.Value.Ratio))], folded);
    }

    private void AddUp(HostAccounts accounts, GroupTable groups)
    {
        _devices.Clear();
        _all.Clear();
        foreach (ProgramAccount program in accounts.Programs)
        {
            string group = groups.Shows(program.Name) ? program.Name : GroupSample.Other;
            foreach (DeletedFilesSample sample in program.DeletedFiles)
            {
                ref Sums device = ref CollectionsMarshal.GetValueRefOrAddDefault(_devices, (new Key(group, sample.Mountpoint), sample.Device), out _);
                device = new Sums(device.Bytes + sample.Bytes, null);
                device.Ratio = sample.FileSystemBytes is > 0 and { } size ? device.Bytes / (double)size : null;
            }
        }

        foreach (((Key key, _), Sums device) in _devices)
        {
            ref Sums sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_all, key, out _);
            sums = sums.Plus(device);
        }

        foreach (Key key in _shown)
        {
            if (groups.Shows(key.Group))
            {
                _all.TryAdd(key, default);
            }
        }
    }

    private readonly record struct Key(string Group, string Mountpoint) : IComparable<Key>
    {
        public int CompareTo(Key other) => string.CompareOrdinal(Group, other.Group) is var order and not 0 ? order : string.CompareOrdinal(Mountpoint, other.Mountpoint);
    }

    /// <param name="Ratio">Of the file system that is filled most.</param>
    private record struct Sums(long Bytes, double? Ratio)
    {
        internal readonly Sums Plus(in Sums other) => new(Bytes + other.Bytes, Ratio > other.Ratio ? Ratio : other.Ratio ?? Ratio);
    }
}
