using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Descriptors;

/// <summary>Walks all descriptor tables of a process, one after the other.</summary>
internal static class FdTableWalk
{
    /// <summary>
    /// Visits each descriptor. Ok even if some were closed meanwhile, or a thread with its own table has ended. Denied if one of the tables
    /// cannot be listed or followed.
    /// </summary>
    /// <param name="next">
    /// Where the walk continues; during a visit the current table. Afterwards the default, unless a visit ended the walk.
    /// </param>
    internal static ReadStatus TryWalk(FdLinks links, int pid, FdTables tables, ref FdPosition next, FdLinkVisitor visit)
    {
        ReadStatus status = ReadStatus.Gone;
        for (; next.Table < tables.Count; next = new FdPosition(next.Table + 1, 0))
        {
            int fd = next.Fd;
            ReadStatus walked = links.TryWalk(FdTableFolders.FolderOf(pid, tables, next.Table), ref fd, visit);
            if (walked == ReadStatus.Denied)
            {
                next = default;
                return walked;
            }

            if (fd > 0)
            {
                next = next with { Fd = fd };
                return walked;
            }

            status = walked == ReadStatus.Ok ? walked : status;
        }

        next = default;
        return status;
    }
}
