using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FdExporter.Accounts;
using FdExporter.Configuration;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>Adds up processes by group. A type or socket state once shown stays, with 0, while its group exists.</summary>
internal sealed class GroupTable
{
    private readonly StickyTop<string> _top;
    private readonly NameAges<string> _ages;
    private readonly NameFilter _filter;
    private readonly int _maxGroups;
    private readonly Dictionary<string, Shown> _shown;
    private readonly Dictionary<(string Group, string Tenant), long> _shares = [];

    internal GroupTable(GroupLimits limits, TimeProvider time)
    {
        (_top, _ages, _shown) = (new StickyTop<string>(limits.MaxGroups, time), new NameAges<string>(limits.NameAge, time), []);
        (_filter, _maxGroups) = (limits.Groups, limits.MaxGroups);
    }

    private GroupTable(GroupTable other)
    {
        (_top, _ages, _shown) = (other._top.Copy(), other._ages.Copy(), new Dictionary<string, Shown>(other._shown));
        (_filter, _maxGroups) = (other._filter, other._maxGroups);
    }

    internal GroupTable Copy() => new(this);

    internal void Restart()
    {
        _top.Restart();
        _ages.Restart();
    }

    /// <summary>Whether the group has had its own series since the last call of <see cref="Group"/>.</summary>
    internal bool Shows(string group) => group != GroupSample.Other && _top.Contains(group);

    /// <summary>Groups that the rules name literally and that have no process.</summary>
    internal IReadOnlyList<string> AbsentOf(HostAccounts accounts) =>
    [
        .. accounts.Snapshot.ExpectedGroups
            .Where(name => name != GroupSample.Other && _filter.Admits(name) && accounts.Find(name) is null)
            .Take(_maxGroups),
    ];

    internal (ImmutableArray<GroupSample> Groups, int Folded) Group(HostAccounts accounts)
    {
        Choose(accounts);
        ImmutableArray<GroupSample>.Builder groups = ImmutableArray.CreateBuilder<GroupSample>();
        ProgramAccount? other = null;
        int folded = 0;
        foreach (ProgramAccount program in accounts.Programs)
        {
            // "other" also contains processes without a matching rule, and a program actually named "other"; these are not folded.
            if (Shows(program.Name))
            {
                groups.Add(ToSample(program));
            }
            else
            {
                folded += program.Name == GroupSample.Other ? 0 : 1;
                (other ??= new ProgramAccount(GroupSample.Other)).Fold(program);
            }
        }

        groups.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        if (other is not null)
        {
            groups.Add(ToSample(other));
        }

        RemoveExited(accounts);
        return (groups.ToImmutable(), folded);
    }

    private void Choose(HostAccounts accounts)
    {
        _top.Clear();
        _ages.BeginScan();
        foreach (ProgramAccount program in accounts.Programs)
        {
            if (program.Name != GroupSample.Other && _filter.Admits(program.Name))
            {
                bool isYoung = _ages.IsYoung(program.Name, _ages.Knows(program.Name) ? TimeSpan.Zero : AgeOf(program, accounts.Snapshot));
                bool holdsMuch = program.OpenFds >= GroupLimits.Much || program.Sockets[TcpState.CloseWait] >= GroupLimits.MuchCloseWait;
                _top.Add(program.Name, program.OpenFds ?? 0, null, isYoung, holdsMuch);
            }
        }

        _ages.EndScan();
        if (_top.IsContested)
        {
            AddShares(accounts.Snapshot.Processes!);
        }

        _top.Choose();
    }

    private static TimeSpan AgeOf(ProgramAccount program, HostSnapshot snapshot)
    {
        TimeSpan age = TimeSpan.Zero;
        foreach (int process in program.Processes)
        {
            TimeSpan own = snapshot.TakenAt - snapshot.Processes!.Processes[process].Facts.StartTime;
            age = own > age ? own : age;
        }

        return age;
    }

    /// <summary>
    /// If several tenants run a program, each has its own share, so no tenant can claim another's program by decoys of the same name.
    /// </summary>
    private void AddShares(ProcessTable table)
    {
        _shares.Clear();
        foreach (ref readonly ProcessSample process in table.Processes.AsSpan())
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_shares, (process.Facts.Group, process.Facts.Tenant), out _) += process.OpenFds ?? 0;
        }

        foreach (((string group, string tenant), long openFds) in _shares)
        {
            _top.AddShare(group, openFds, tenant);
        }
    }

    private GroupSample ToSample(ProgramAccount program)
    {
        ref Shown shown = ref CollectionsMarshal.GetValueRefOrAddDefault(_shown, program.Name, out _);
        shown.Types |= BitsOf(program.Types);
        shown.Protocols |= BitsOf(program.Protocols);
        shown.UnixStates |= BitsOf(program.Unix);
        shown.States = shown.States.With(program.Sockets);
        shown.DeadSockets |= program.DeadSockets > 0;
        return new GroupSample(
            program.Name,
            program.ProcessCount,
            program.OpenFds,
            program.MaxProcessOpenFds,
            program.MaxProcessFdRatio,
            !program.IsVisible ? null : new ProcessHoldings(program.Types, program.Sockets, program.WithoutDescriptor)
            {
                DeadSockets = program.DeadSockets,
                Protocols = program.Protocols,
                Unix = program.Unix,
            },
            shown.Types,
            shown.States,
            shown.DeadSockets,
            shown.Protocols,
            shown.UnixStates);
    }

    /// <summary>One bit for each number that is not 0.</summary>
    private static int BitsOf(ReadOnlySpan<int> counts)
    {
        int bits = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            bits |= counts[i] > 0 ? 1 << i : 0;
        }

        return bits;
    }

    private void RemoveExited(HostAccounts accounts)
    {
        foreach (string name in _shown.Keys)
        {
            if (name != GroupSample.Other && accounts.Find(name) is null)
            {
                _shown.Remove(name);
            }
        }
    }

    private record struct Shown(int Types, ShownStates States, bool DeadSockets, int Protocols, int UnixStates);
}
