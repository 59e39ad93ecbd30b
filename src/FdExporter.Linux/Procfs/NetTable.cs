namespace FdExporter.Linux.Procfs;

/// <summary>
/// Reads the tables below <c>/proc/PID/net</c>, which begin with a line of headings and may be as long as the machine has
/// sockets. Source: proc_pid_net(5). Readable by everybody. Gone if the process exited or the kernel has no such protocol.
/// </summary>
internal sealed class NetTable(ProcFs procFs)
{
    private readonly ProcLines _lines = new(procFs);

    /// <summary>Visits each line behind the headings; Malformed when one is refused or the table is cut off.</summary>
    /// <param name="hasHeadings">if_inet6 has none.</param>
    internal ReadStatus TryRead(in ProcPath path, ProcLineVisitor visit, bool hasHeadings = true) => _lines.TryRead(path, hasHeadings, visit);
}
