using System.Collections.Immutable;
using FdExporter.Model;

namespace FdExporter.Grouping;

/// <summary>Bounds the network namespaces: the host's always, the largest of the others, the rest added up.</summary>
internal sealed class NamespaceFolder
{
    private readonly StickyTop<string> _top;

    internal NamespaceFolder(int maxNamespaces) => _top = new StickyTop<string>(maxNamespaces);

    private NamespaceFolder(NamespaceFolder other) => _top = other._top.Copy();

    internal NamespaceFolder Copy() => new(this);

    internal (ImmutableArray<TcpNamespace> Namespaces, int Folded) Fold(ImmutableArray<TcpNamespace> all)
    {
        _top.Clear();
        foreach (TcpNamespace netns in all)
        {
            if (netns.Name != TcpNamespace.Host)
            {
                _top.Add(netns.Name, netns.Sockets.Total);
            }
        }

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
}
