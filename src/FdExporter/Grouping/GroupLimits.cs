using FdExporter.Configuration;

namespace FdExporter.Grouping;

/// <summary>How much is shown before the rest is folded.</summary>
internal sealed record GroupLimits(int TopProcesses, int MaxGroups, int TopEndpoints, int MaxNamespaces)
{
    /// <summary>
    /// Unit: descriptors of a program or process, TCP sockets of a namespace. From this number on it is shown even if it is young.
    /// </summary>
    internal const int Much = 1000;

    /// <summary>The same for sockets in CLOSE_WAIT.</summary>
    internal const int MuchCloseWait = 100;

    internal static GroupLimits Of(ExporterOptions options) => new(options.TopProcesses, options.MaxGroups, options.TopEndpoints, options.MaxNamespaces)
    {
        TopConnections = options.TopConnections,
        NameAge = options.NameAge,
        Groups = options.Groups,
        Namespaces = options.Namespaces,
    };

    /// <summary>Maximum number of addresses of connections.</summary>
    internal int TopConnections { get; init; } = 50;

    /// <summary>Younger names are added up in <c>other</c>. Zero shows everything at once.</summary>
    internal TimeSpan NameAge { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Programs that may be shown; of the others neither the program nor its processes are.</summary>
    internal NameFilter Groups { get; init; } = NameFilter.All;

    /// <summary>Network namespaces beside the host's that may be shown.</summary>
    internal NameFilter Namespaces { get; init; } = NameFilter.All;
}
