
namespace FdExporter.Model;

/// <summary>The parts of a scan. Each can be requested, disabled and fail on its own.</summary>
[Flags]
internal enum Collectors
{
    None = 0,
    System = 1,
    Process = 2,
    Tcp = 4,
    SocketOwner = 8,
    All = System | Process | Tcp | SocketOwner,
}
