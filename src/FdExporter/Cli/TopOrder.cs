namespace FdExporter.Cli;

/// <summary>By what <c>fd-exporter top</c> puts processes in order.</summary>
internal enum TopOrder
{
    Fds,
    Ratio,
    CloseWait,
}
