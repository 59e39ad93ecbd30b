
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
    Listeners = 16,
    Connections = 32,
    Files = 64,
    All = System | Process | Tcp | SocketOwner | Listeners | Connections | Files,
}
