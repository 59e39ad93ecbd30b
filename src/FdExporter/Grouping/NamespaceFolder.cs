using System.Collections.Immutable;
using FdExporter.Configuration;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>Limits the network namespaces: always the host's, the largest of the others, and the sum of the rest.</summary>
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
                // It may have existed since the last scan: the kernel does not report its age.
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

    /// <summary>The tenant that the name shows. All namespaces without one belong to one tenant, as any user can create a thousand.</summary>
    private static string TenantOf(string name)
        => name.StartsWith("net:[", StringComparison.Ordinal) ? "" : name.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? name[..slash] : name;
}
