
namespace FdExporter.Diagnosis;

/// <summary>The order of a list of processes, largest first.</summary>
internal enum ProcessOrder
{
    Fds,
    Ratio,
    Sockets,
    CloseWait,
    Growth,
}
