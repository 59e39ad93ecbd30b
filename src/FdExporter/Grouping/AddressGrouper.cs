using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>
/// Adds up connections by program, direction and address. Shows the top addresses; the rest of each program is in its address <c>other</c>.
/// States and causes appear when first seen, and stay with 0 while their address is shown.
/// </summary>
internal sealed class AddressGrouper
{
    private readonly StickyTop<Key> _top;
    private readonly Dictionary<Key, Sums> _all = [];
    private readonly Dictionary<Key, Sums> _folded = [];
    private Dictionary<Key, Shown> _shown;

    internal AddressGrouper(GroupLimits limits, TimeProvider time) => (_top, _shown) = (new StickyTop<Key>(limits.TopConnections, time), []);

    private AddressGrouper(AddressGrouper other) => (_top, _shown) = (other._top.Copy(), other._shown);

    internal AddressGrouper Copy() => new(this);

    internal void Restart() => _top.Restart();

    internal (ImmutableArray<AddressGroup> Groups, int Folded) Group(HostAccounts accounts, GroupTable groups)
    {
        _all.Clear();
        _top.Clear();
        AddUp(accounts.Unknown, GroupSample.Unknown);
        foreach (ProgramAccount program in accounts.Programs)
        {
            AddUp(program, groups.Shows(program.Name) ? program.Name : GroupSample.Other);
        }

        foreach ((Key key, Sums sums) in _all)
        {
            if (key.Address is not null)
            {
                _top.Add(key, sums.States.Total);
            }
        }

        _top.Choose();
        return (Fold(), _all.Keys.Count(key => key.Address is not null && !_top.Contains(key)));
    }

    private void AddUp(ProgramAccount program, string group)
    {
        foreach (AddressSample sample in program.Addresses)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_all, new Key(group, sample.Direction, sample.Address), out _).Add(in sample);
        }
    }

    private ImmutableArray<AddressGroup> Fold()
    {
        _folded.Clear();
        foreach ((Key key, Sums sums) in _all)
        {
            Key shown = _top.Contains(key) ? key : key with { Address = null };
            CollectionsMarshal.GetValueRefOrAddDefault(_folded, shown, out _).Add(in sums);
        }

        Dictionary<Key, Shown> shownNow = new(_folded.Count);
        ImmutableArray<AddressGroup>.Builder result = ImmutableArray.CreateBuilder<AddressGroup>(_folded.Count);
        foreach ((Key key, Sums sums) in _folded)
        {
            Shown shown = _shown.GetValueOrDefault(key).With(in sums);
            shownNow[key] = shown;
            result.Add(new AddressGroup(key.Group, key.Direction, key.Address?.ToString() ?? GroupSample.Other)
            {
                States = sums.States,
                ShownStates = shown.States,
                Unanswered = sums.Unanswered,
                ShownCauses = shown.Causes,
                Idle = sums.Idle,
                ShownIdle = shown.Idle,
            });
        }

        _shown = shownNow;
        result.Sort(static (a, b) =>
            string.CompareOrdinal(a.Group, b.Group) is var byGroup and not 0 ? byGroup
            : a.Direction.CompareTo(b.Direction) is var byDirection and not 0 ? byDirection
            : string.CompareOrdinal(a.Address, b.Address));
        return result.MoveToImmutable();
    }

    /// <param name="Address">Null for the folded rest.</param>
    private readonly record struct Key(string Group, ConnectionDirection Direction, ConnectionAddress? Address);

    private readonly record struct Shown(ShownStates States, int Causes, int Idle)
    {
        internal Shown With(in Sums sums)
        {
            int causes = Causes;
            for (int cause = 0; cause < UnansweredCounts.Length; cause++)
            {
                causes |= sums.Unanswered[cause] > 0 ? 1 << cause : 0;
            }

            int idle = Idle;
            for (int i = 0; sums.Idle is { } known && i < 2 * IdleCounts.Levels; i++)
            {
                idle |= known[i] > 0 ? 1 << i : 0;
            }

            return new Shown(States.With(sums.States), causes, idle);
        }
    }

    private struct Sums
    {
        internal TcpStateCounts States;
        internal UnansweredCounts Unanswered;
        internal IdleCounts? Idle;

        internal void Add(in AddressSample sample) => Add(sample.States, sample.Unanswered, sample.Idle);

        internal void Add(in Sums sums) => Add(sums.States, sums.Unanswered, sums.Idle);

        private void Add(in TcpStateCounts states, in UnansweredCounts unanswered, in IdleCounts? idle)
        {
            States.Add(states);
            Unanswered.Add(unanswered);
            if (idle is { } known)
            {
                IdleCounts sum = Idle ?? default;
                sum.Add(known);
                Idle = sum;
            }
        }
    }
}
