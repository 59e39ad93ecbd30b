using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>The names of the collectors in flags, <c>collect[]</c> and metrics. The only list of them.</summary>
internal static class CollectorNames
{
    internal static ImmutableArray<(Collectors Collector, string Name)> All { get; } =
    [
        (Collectors.System, "system"),
        (Collectors.Process, "process"),
        (Collectors.Tcp, "tcp"),
        (Collectors.SocketOwner, "socket_owner"),
        (Collectors.Listeners, "listeners"),
        (Collectors.Connections, "connections"),
        (Collectors.Files, "files"),
    ];

    /// <summary>
    /// Adds the collectors whose results these need: socket owners need processes and sockets, listeners and connections need their owners, and files the
    /// descriptors found meanwhile.
    /// </summary>
    internal static Collectors WithPrerequisites(Collectors collectors)
        => (collectors & (Collectors.Listeners | Collectors.Connections | Collectors.Files)) != 0 ? collectors | Collectors.SocketOwner | Collectors.Process | Collectors.Tcp
            : collectors.HasFlag(Collectors.SocketOwner) ? collectors | Collectors.Process | Collectors.Tcp
            : collectors;

    internal static Collectors SetOf(IReadOnlySet<string> names)
        => All.Where(each => names.Contains(each.Name)).Aggregate(Collectors.None, static (set, each) => set | each.Collector);

    /// <summary>Names of the collectors that it needs.</summary>
    internal static IEnumerable<string> PrerequisitesOf(string name)
        => TryParse(name, out Collectors collector)
            ? All.Where(each => each.Collector != collector && WithPrerequisites(collector).HasFlag(each.Collector)).Select(static each => each.Name)
            : [];

    internal static string Of(Collectors collector)
    {
        foreach ((Collectors each, string name) in All)
        {
            if (each == collector)
            {
                return name;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(collector), collector, "not a single collector");
    }

    internal static bool TryParse(string name, out Collectors collector)
    {
        foreach ((Collectors each, string known) in All)
        {
            if (known == name)
            {
                collector = each;
                return true;
            }
        }

        collector = Collectors.None;
        return false;
    }
}
