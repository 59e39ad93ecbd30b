using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FdExporter.Accounts;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>Adds processes up by group. A type or socket state once shown for a living group stays, with 0.</summary>
internal sealed class GroupTable
{
    private readonly StickyTop<string> _top;
    private readonly Dictionary<string, Shown> _shown;

    internal GroupTable(int maxGroups) => (_top, _shown) = (new StickyTop<string>(maxGroups), []);

    private GroupTable(GroupTable other) => (_top, _shown) = (other._top.Copy(), new Dictionary<string, Shown>(other._shown));

    internal GroupTable Copy() => new(this);

    /// <summary>Whether the group has series of its own since the last call of <see cref="Group"/>.</summary>
    internal bool Shows(string group) => group != GroupSample.Other && _top.Contains(group);

    internal (ImmutableArray<GroupSample> Groups, int Folded) Group(HostAccounts accounts)
    {
        Choose(accounts);
        ImmutableArray<GroupSample>.Builder groups = ImmutableArray.CreateBuilder<GroupSample>();
        ProgramAccount? other = null;
        int folded = 0;
        foreach (ProgramAccount program in accounts.Programs)
        {
            // What no rule matches, and a program that is really called "other", is there without having been folded.
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

        ForgetTheDead(accounts);
        return (groups.ToImmutable(), folded);
    }

    private void Choose(HostAccounts accounts)
    {
        _top.Clear();
        foreach (ProgramAccount program in accounts.Programs)
        {
            if (program.Name != GroupSample.Other)
            {
                _top.Add(program.Name, program.OpenFds ?? 0);
            }
        }

        _top.Choose();
    }

    private GroupSample ToSample(ProgramAccount program)
    {
        ref Shown shown = ref CollectionsMarshal.GetValueRefOrAddDefault(_shown, program.Name, out _);
        for (int type = 0; type < FdTypeCounts.Length; type++)
        {
            shown.Types |= program.Types[type] > 0 ? 1 << type : 0;
        }

        shown.Sockets |= program.Sockets.Total > 0 || program.DeadSockets > 0;
        return new GroupSample(
            program.Name,
            program.ProcessCount,
            program.OpenFds,
            program.MaxProcessOpenFds,
            program.MaxProcessFdRatio,
            program.IsVisible ? new ProcessHoldings(program.Types, program.Sockets, program.WithoutDescriptor) { DeadSockets = program.DeadSockets } : null,
            shown.Types,
            shown.Sockets);
    }

    private void ForgetTheDead(HostAccounts accounts)
    {
        foreach (string name in _shown.Keys)
        {
            if (name != GroupSample.Other && accounts.Find(name) is null)
            {
                _shown.Remove(name);
            }
        }
    }

    private record struct Shown(int Types, bool Sockets);
}
