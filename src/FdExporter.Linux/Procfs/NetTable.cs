namespace FdExporter.Linux.Procfs;

/// <summary>
/// Reads the tables below <c>/proc/PID/net</c>. They start with a line of headings and have one line per socket. Source:
/// proc_pid_net(5). Readable by everybody. Gone if the process exited or the kernel has no such protocol.
/// </summary>
internal sealed class NetTable(ProcFs procFs)
{
    private readonly ProcLines _lines = new(procFs);

    /// <summary>Visits each line after the headings; Malformed if a line is rejected or the table is cut off.</summary>
    /// <param name="hasHeadings">False for if_inet6.</param>
    internal ReadStatus TryRead(in ProcPath path, ProcLineVisitor visit, bool hasHeadings = true) => _lines.TryRead(path, hasHeadings, visit);
}
