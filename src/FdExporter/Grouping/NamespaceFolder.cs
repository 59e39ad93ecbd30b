using System.Collections.Immutable;
using FdExporter.Configuration;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>Bounds the network namespaces: the host's always, the largest of the others, the rest added up.</summary>
internal sealed class NamespaceFolder
{
    private readonly StickyTop<string> _top;
    private readonly NameAges<string> _ages;
    private readonly NameFilter _filter;

    internal NamespaceFolder(GroupLimits limits, TimeProvider time)
        => (_top, _ages, _filter) = (new StickyTop<string>(limits.MaxNamespaces, time), new NameAges<string>(limits.NameAge, time), limits.Namespaces);

    private NamespaceFolder(NamespaceFolder other) => (_top, _ages, _filter) = (other._top.Copy(), other._ages.Copy(), other._filter);

    internal NamespaceFolder Copy() => new(this);

    internal (ImmutableArray<TcpNamespace> Namespaces, int Folded) Fold(ImmutableArray<TcpNamespace> all)
    {
        _top.Clear();
        _ages.BeginScan();
        foreach (TcpNamespace netns in all)
        {
            if (netns.Name != TcpNamespace.Host && _filter.Admits(netns.Name))
            {
                // It may have been there since the last scan: how old it is the kernel does not tell.
                bool isYoung = _ages.IsYoung(netns.Name, TimeSpan.MaxValue);
                _top.Add(netns.Name, netns.Sockets.Total, TenantOf(netns.Name), isYoung, netns.Sockets.Total >= GroupLimits.Much);
            }
        }

        _ages.EndScan();
        _top.Choose();
        ImmutableArray<TcpNamespace>.Builder shown = ImmutableArray.CreateBuilder<TcpNamespace>();
        TcpStateCounts other = default;
        int folded = 0;
        foreach (TcpNamespace netns in all)
        {
            if (netns.Name == TcpNamespace.Host || _top.Contains(netns.Name))
            {
                shown.Add(netns);
            }
            else
            {
                folded++;
                other.Add(netns.Sockets);
            }
        }

        if (folded > 0)
        {
            shown.Add(new TcpNamespace(GroupSample.Other, other));
        }

        return (shown.ToImmutable(), folded);
    }

    /// <summary>Whom its name tells; of those that it tells of nobody they are all one's, as anybody may make a thousand.</summary>
    private static string TenantOf(string name)
        => name.StartsWith("net:[", StringComparison.Ordinal) ? "" : name.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? name[..slash] : name;
}
