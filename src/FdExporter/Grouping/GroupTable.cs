using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>Adds processes up by group. A type or socket state once shown for a living group stays, with 0.</summary>
internal sealed class GroupTable(int maxGroups)
{
    private readonly StickyTop<string> _top = new(maxGroups);
    private readonly Dictionary<string, Sums> _sums = [];
    private readonly Dictionary<string, Shown> _shown = [];

    /// <summary>Whether the group has series of its own since the last call of <see cref="Group"/>.</summary>
    internal bool Shows(string group) => group != GroupSample.Other && _top.Contains(group);

    internal (ImmutableArray<GroupSample> Groups, int Folded) Group(ProcessTable table, SocketOwnership? ownership)
    {
        AddUp(table, ownership);
        Choose();
        ImmutableArray<GroupSample>.Builder groups = ImmutableArray.CreateBuilder<GroupSample>();
        Sums other = default;
        bool hasOther = false;
        int folded = 0;
        foreach ((string name, Sums sums) in _sums)
        {
            // What no rule matches, and a program that is really called "other", is there without having been folded.
            if (Shows(name))
            {
                groups.Add(ToSample(name, in sums));
            }
            else
            {
                hasOther = true;
                folded += name == GroupSample.Other ? 0 : 1;
                other.Add(in sums);
            }
        }

        groups.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        if (hasOther)
        {
            groups.Add(ToSample(GroupSample.Other, in other));
        }

        ForgetTheDead();
        return (groups.ToImmutable(), folded);
    }

    private void AddUp(ProcessTable table, SocketOwnership? ownership)
    {
        _sums.Clear();
        ReadOnlySpan<ProcessSample> processes = table.Processes.AsSpan();
        for (int i = 0; i < processes.Length; i++)
        {
            ref Sums sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, processes[i].Facts.Group, out _);
            sums.Add(in processes[i], ownership?.Holdings[i]);
        }
    }

    private void Choose()
    {
        _top.Clear();
        foreach ((string name, Sums sums) in _sums)
        {
            if (name != GroupSample.Other)
            {
                _top.Add(name, sums.OpenFds ?? 0);
            }
        }

        _top.Choose();
    }

    private GroupSample ToSample(string name, in Sums sums)
    {
        ref Shown shown = ref CollectionsMarshal.GetValueRefOrAddDefault(_shown, name, out _);
        shown.Types |= sums.HeldTypes;
        shown.Sockets |= sums.OwnsSockets;
        return new GroupSample(
            name,
            sums.Processes,
            sums.OpenFds,
            sums.MaxOpenFds,
            sums.MaxRatio,
            sums.IsLookedInto ? new ProcessHoldings(sums.Types, sums.Sockets, sums.WithoutDescriptor) : null,
            shown.Types,
            shown.Sockets);
    }

    private void ForgetTheDead()
    {
        foreach (string name in _shown.Keys)
        {
            if (name != GroupSample.Other && !_sums.ContainsKey(name))
            {
                _shown.Remove(name);
            }
        }
    }

    private record struct Shown(int Types, bool Sockets);

    private struct Sums
    {
        internal long Processes;
        internal long? OpenFds;
        internal long? MaxOpenFds;
        internal double? MaxRatio;
        internal bool IsLookedInto;
        internal FdTypeCounts Types;
        internal TcpStateCounts Sockets;
        internal long WithoutDescriptor;

        internal readonly int HeldTypes
        {
            get
            {
                int held = 0;
                for (int type = 0; type < FdTypeCounts.Length; type++)
                {
                    held |= Types[type] > 0 ? 1 << type : 0;
                }

                return held;
            }
        }

        internal readonly bool OwnsSockets => ((ReadOnlySpan<long>)Sockets).ContainsAnyExcept(0);

        internal void Add(in ProcessSample process, ProcessHoldings? holdings)
        {
            Processes++;
            Add(process.OpenFds, process.OpenFds, process.FdRatio);
            if (holdings is not null)
            {
                IsLookedInto = true;
                Types.Add(holdings.Types);
                Sockets.Add(holdings.Sockets);
                WithoutDescriptor += holdings.WithoutDescriptor;
            }
        }

        internal void Add(in Sums sums)
        {
            Processes += sums.Processes;
            Add(sums.OpenFds, sums.MaxOpenFds, sums.MaxRatio);
            IsLookedInto |= sums.IsLookedInto;
            Types.Add(sums.Types);
            Sockets.Add(sums.Sockets);
            WithoutDescriptor += sums.WithoutDescriptor;
        }

        private void Add(long? openFds, long? maxOpenFds, double? ratio)
        {
            if (openFds is { } open)
            {
                OpenFds = (OpenFds ?? 0) + open;
                MaxOpenFds = Math.Max(MaxOpenFds ?? 0, maxOpenFds ?? 0);
            }

            if (ratio is { } known)
            {
                MaxRatio = Math.Max(MaxRatio ?? 0, known);
            }
        }
    }
}
