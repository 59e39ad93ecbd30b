namespace FdExporter.Diagnosis;

/// <summary>By what processes are put in order, the most first.</summary>
internal enum ProcessOrder
{
    Fds,
    Ratio,
    Sockets,
    CloseWait,
    Growth,
}
