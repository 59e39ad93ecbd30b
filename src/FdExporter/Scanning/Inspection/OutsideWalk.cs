using System.Globalization;
using System.Runtime.InteropServices;
using FdExporter.Linux.Files;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Inspection;

/// <summary>
/// Looks for handles that no descriptor shows: in the mappings of each process, in the System V shared memory of this IPC namespace, and in
/// io_urings. A file that is mapped twice at the same offset was opened twice; parts of one file at other offsets, as of a library, are
/// one. Libraries are left out: each program has some. Never on a scrape.
/// </summary>
internal sealed class OutsideWalk(ProcFs procFs, Deadline deadline)
{
    /// <summary>Unit: bytes. More than 65,530 mappings of usual length, the kernel's default limit (vm.max_map_count).</summary>
    private const int MostBytes = 16 * 1024 * 1024;

    /// <summary>Maximum number of files of one io_uring to read.</summary>
    private const int MostRegistered = 100_000;

    /// <summary>The mappings of a process that hangs cannot be read: this thread is then abandoned, and the rest is not looked at.</summary>
    private static readonly FileThread s_shared = new(TimeSpan.FromSeconds(1));

    private readonly Dictionary<(string Group, OutsideKind Kind), OutsideHolder> _holders = [];

    /// <summary>Where each program has mapped files, so that what a child has inherited is not counted again.</summary>
    private readonly Dictionary<string, HashSet<(uint Device, ulong Inode, ulong Start)>> _mapped = [];

    /// <param name="rings">Descriptors of io_urings.</param>
    internal OutsideHandles Find(ProcessTable table, IReadOnlyList<(int Process, int Fd)> rings)
    {
        bool isComplete = true;
        foreach (ProcessSample process in table.Processes.Where(static each => each is { Facts: { IsKernelThread: false, IsZombie: false } }).OrderBy(static each => each.Id.StartTicks).ThenBy(static each => each.Id.Pid))
        {
            isComplete &= !deadline.HasPassed && TryCountMappings(in process);
        }

        isComplete &= TryCountSharedMemory(table);
        foreach (IGrouping<int, (int Process, int Fd)> ofProcess in rings.GroupBy(static ring => ring.Process))
        {
            isComplete &= TryCountRegistered(table.Processes[ofProcess.Key], [.. ofProcess.Select(static ring => ring.Fd)]);
        }

        return new OutsideHandles([.. _holders.Values.OrderByDescending(static holder => holder.Count)], isComplete);
    }

    private bool TryCountMappings(in ProcessSample process)
    {
        ProcFolder folder = FdTableFolders.FolderOf(in process);
        if (!procFs.MayAsk(process.Id.Pid))
        {
            return false;
        }

        List<Mapping> mappings = [];
        try
        {
            ReadStatus status = s_shared.Run(() => ProcessMaps.TryRead(procFs, folder, MostBytes, (in Mapping mapping, ReadOnlySpan<byte> _) =>
            {
                if (mapping.Inode != 0)
                {
                    mappings.Add(mapping);
                }

                return true;
            }));
            if (status == ReadStatus.Ok)
            {
                Add(process.Facts.Group, OutsideKind.Mapped, CountOpened(process.Facts.Group, mappings), process.Id);
            }

            return status is ReadStatus.Ok or ReadStatus.Gone;
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            return false;
        }
    }

    private long CountOpened(string group, List<Mapping> mappings)
    {
        Dictionary<(uint, ulong), (ulong Offset, bool IsLibrary)> files = [];
        foreach (Mapping mapping in mappings)
        {
            ref (ulong Offset, bool IsLibrary) file = ref CollectionsMarshal.GetValueRefOrAddDefault(files, (mapping.Device, mapping.Inode), out bool isKnown);
            file = (isKnown ? Math.Min(file.Offset, mapping.Offset) : mapping.Offset, file.IsLibrary || mapping.IsExecutable);
        }

        ref HashSet<(uint, ulong, ulong)>? known = ref CollectionsMarshal.GetValueRefOrAddDefault(_mapped, group, out _);
        known ??= [];
        long opened = 0;
        foreach (Mapping mapping in mappings)
        {
            (ulong offset, bool isLibrary) = files[(mapping.Device, mapping.Inode)];
            opened += !isLibrary && mapping.Offset == offset && known.Add((mapping.Device, mapping.Inode, mapping.Start)) ? 1 : 0;
        }

        return opened;
    }

    private bool TryCountSharedMemory(ProcessTable table)
    {
        Dictionary<SharedMemory, long> segments = [];
        ReadStatus status = new ProcLines(procFs).TryRead(SharedMemory.Path, hasHeadings: true, line =>
        {
            if (!SharedMemory.TryParse(line, out SharedMemory segment))
            {
                return false;
            }

            CollectionsMarshal.GetValueRefOrAddDefault(segments, segment, out _)++;
            return true;
        });
        foreach ((SharedMemory segment, long count) in segments)
        {
            ProcessSample? creator = table.Processes.Where(process => process.Id.Pid == segment.Creator).Select(static process => (ProcessSample?)process).FirstOrDefault();
            Add(creator?.Facts.Group ?? string.Create(CultureInfo.InvariantCulture, $"uid {segment.Owner}"), OutsideKind.SharedMemory, count, creator?.Id);
        }

        return status == ReadStatus.Ok;
    }

    private bool TryCountRegistered(in ProcessSample process, List<int> rings)
    {
        List<HeldSample> held = [];
        bool isKnown = new UndescribedFiles(procFs).TryReadRings(FdTableFolders.FolderOf(in process), rings, MostRegistered, deadline, held);
        Add(process.Facts.Group, OutsideKind.IoUring, held.Count, process.Id);
        return isKnown;
    }

    private void Add(string group, OutsideKind kind, long count, ProcessId? process)
    {
        if (count > 0)
        {
            ref OutsideHolder holder = ref CollectionsMarshal.GetValueRefOrAddDefault(_holders, (group, kind), out bool isKnown);
            bool isLargest = !isKnown || count > holder.OfFirst;
            holder = new OutsideHolder(group, kind, holder.Count + count, isLargest ? process : holder.First, isLargest ? count : holder.OfFirst);
        }
    }
}
