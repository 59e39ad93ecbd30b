using FdExporter.Model;

namespace FdExporter.Web.Pages;

/// <summary>The descriptors of a process by type, and sockets by protocol and state.</summary>
internal static class DescriptorsBar
{
    internal static void Write(Html html, ProcessInspection inspection, PageQuery query)
    {
        Dictionary<(string Kind, string Filter), long> counts = [];
        foreach (FdSample fd in inspection.Fds)
        {
            (string Kind, string Filter) key = KindOf(in fd);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        List<KeyValuePair<(string Kind, string Filter), long>> ordered = [.. counts.OrderByDescending(static each => each.Value).ThenBy(static each => each.Key.Kind, StringComparer.Ordinal)];
        List<PartsBar.Part> parts = [];
        int colours = 0;
        foreach (((string kind, string filter), long count) in ordered.Take(PartsBar.MostColours))
        {
            bool isLost = filter == TcpStateNames.All[(int)TcpState.CloseWait] || filter == UnixSocketStates.NameOf(UnixSocketState.PeerClosed);
            parts.Add(new PartsBar.Part(isLost ? "closewait" : PartsBar.ColourOf(colours++), kind, query.With("q", filter) + "#fds-title", count));
        }

        if (ordered.Skip(PartsBar.MostColours).Sum(static each => each.Value) is > 0 and var others)
        {
            parts.Add(new PartsBar.Part("others", $"{ordered.Count - PartsBar.MostColours} other kinds", "#kinds-title", others));
        }

        if (inspection.Unlisted > 0)
        {
            parts.Add(new PartsBar.Part("without", "not listed", null, inspection.Unlisted));
        }

        PartsBar.Write(html, parts, parts.Sum(static part => part.Count));
    }

    /// <summary>What it is, and a text that filters the list to it.</summary>
    private static (string Kind, string Filter) KindOf(in FdSample fd)
    {
        string type = FdTypeNames.All[(int)fd.Type];
        if (fd.Socket is not { } socket)
        {
            return OtherKind.Of(fd.Type, fd.Target) is { } kind ? (kind, kind) : (type, type);
        }

        string protocol = SocketProtocolNames.All[(int)socket.Protocol];
        string state = socket.UnixState is { } ofUnix ? UnixSocketStates.NameOf(ofUnix)
            : socket.State is { } ofTcp ? TcpStateNames.All[(int)ofTcp]
            : "";
        return state.Length > 0 ? ($"{protocol} {state}", state) : ($"{protocol} socket", protocol);
    }
}
