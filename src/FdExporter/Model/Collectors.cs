
namespace FdExporter.Model;

/// <summary>The parts of a scan that can be asked for, switched off, and fail, each on its own.</summary>
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
