using FdExporter.Model;

namespace FdExporter.Scanning.Descriptors;

/// <summary>A descriptor of a type that the collector <c>files</c> asks about.</summary>
/// <param name="Table">Index of the process's descriptor table.</param>
internal readonly record struct NotedFd(int Table, int Number, FdType Type)
{
    /// <summary>Maximum number for each process without a map. Further ones count as not read.</summary>
    private const int MostNoted = 4096;

    /// <param name="noted">How many are noted already.</param>
    internal static bool IsWanted(FdType type, int noted) => type is FdType.DeletedFile or FdType.Inotify && noted < MostNoted;
}
