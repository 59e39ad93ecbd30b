using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Descriptors;

/// <summary>Lists the descriptors of one type for the collector <c>files</c>, which asks the kernel about each.</summary>
internal sealed partial class SocketOwnerCollector
{
    /// <param name="most">Maximum number of descriptors to list.</param>
    /// <returns>Number of descriptors of this type; more than are listed if some are not known one by one.</returns>
    internal long List(FdType type, RowBuffer<ListedFd> list, int most)
    {
        long all = 0;
        list.Clear();
        for (int slot = 0; slot < _slots.Count; slot++)
        {
            if (_slots[slot] is not { MayWalk: true, Holdings: { } holdings } process || holdings.Types[type] == 0)
            {
                continue;
            }

            all += holdings.Types[type];
            if (process.Map is { } map)
            {
                for (int number = 0; number < map.End && list.Count < most; number++)
                {
                    if (map.IsOfType(number, type))
                    {
                        list.Add(new ListedFd(slot, 0, number, process.Index, process.Folder));
                    }
                }

                continue;
            }

            foreach (NotedFd fd in process.Noted)
            {
                if (fd.Type == type && list.Count < most && fd.Table < process.Sample.Facts.Tables.Count)
                {
                    list.Add(new ListedFd(slot, fd.Table, fd.Number, process.Index, FdTableFolders.FolderOf(process.Id.Pid, process.Sample.Facts.Tables, fd.Table)));
                }
            }
        }

        return all;
    }
}
