using System.Collections.Immutable;
using System.Runtime.InteropServices;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Files;

/// <summary>
/// The space that deleted files use as long as they are open. Each file counts once on the machine, for the process that started first of
/// those that hold it. A descriptor costs one statx, so a scan asks about some of them, and the last answers of the others stay.
/// </summary>
internal sealed class DeletedFiles(ProcFs procFs, TimeProvider time)
{
    /// <summary>Maximum number of descriptors to remember: 3 MB.</summary>
    internal const int MostRemembered = 32 * 1024;

    /// <summary>Maximum number of known files per scan to ask about again.</summary>
    private const int MostAskedAgain = 256;

    /// <summary>Number of descriptors between two checks of the clock.</summary>
    private const int DeadlineEvery = 64;

    /// <summary>Files that have been deleted for a shorter time may be temporary.</summary>
    private static readonly TimeSpan s_lasting = TimeSpan.FromMinutes(1);

    private readonly FdMemory<DeletedFile> _fds = new();
    private readonly MountPoints _mounts = new(procFs, time);
    private readonly Dictionary<(ulong Device, ulong Inode), int> _holders = [];
    private readonly Dictionary<(int Process, string Mountpoint, ulong Device), Sums> _sums = [];
    private int _next;
    private int _asked;

    /// <summary>Maximum number of statx per scan, about five milliseconds; fewer if all are known already.</summary>
    internal int MostAsked { get; init; } = 1024;

    /// <param name="unread">Number of those listed about which nothing is known.</param>
    internal ImmutableArray<DeletedFilesSample> Collect(RowBuffer<ListedFd> listed, ImmutableArray<ProcessSample> processes, Deadline deadline, out long unread)
    {
        _fds.Update(listed, processes.AsSpan());
        if (procFs.IsKernel)
        {
            AskNew(deadline);
            AskKnown(deadline);
        }

        unread = FindHolders();
        unread += AddUp();
        ImmutableArray<DeletedFilesSample>.Builder samples = ImmutableArray.CreateBuilder<DeletedFilesSample>(_sums.Count);
        foreach (((int process, string mountpoint, ulong device), Sums sums) in _sums)
        {
            samples.Add(new DeletedFilesSample(process, mountpoint, device, sums.Files, sums.Bytes) { LastingBytes = sums.LastingBytes, FileSystemBytes = sums.FileSystemBytes });
        }

        return samples.MoveToImmutable();
    }

    private void AskNew(Deadline deadline)
    {
        _asked = 0;
        for (int i = 0; i < _fds.Count && _asked < MostAsked; i++)
        {
            if (!_fds[i].Value.IsKnown && !TryAsk(i, deadline))
            {
                break;
            }
        }
    }

    /// <summary>All others in turn.</summary>
    private void AskKnown(Deadline deadline)
    {
        int most = Math.Min(MostAsked, _asked + MostAskedAgain);
        for (int left = _fds.Count - _asked; left > 0 && _asked < most; left--)
        {
            _next = _next < _fds.Count ? _next : 0;
            if (!TryAsk(_next++, deadline))
            {
                break;
            }
        }
    }

    /// <returns>False if no time is left.</returns>
    private bool TryAsk(int index, Deadline deadline)
    {
        if (_asked++ % DeadlineEvery == 0 && deadline.HasPassed)
        {
            return false;
        }

        ref FdMemory<DeletedFile>.Row row = ref _fds[index];
        if (!procFs.MayAsk(row.Id.Pid))
        {
            return true;
        }

        ReadStatus status = procFs.TryStatFile(row.Fd.Folder, row.Fd.Number, out FdFile file);
        ref DeletedFile known = ref row.Value;
        if (status == ReadStatus.Gone)
        {
            // Closed since the walk.
            known = new DeletedFile { IsKnown = true };
        }
        else if (status == ReadStatus.Ok)
        {
            bool isSame = known.IsKnown && known.HasNoName && (known.Device, known.Inode) == (file.Device, file.Inode);
            known = new DeletedFile
            {
                IsKnown = true,
                HasNoName = file.Links == 0,
                Device = file.Device,
                Inode = file.Inode,
                Bytes = file.Bytes,
                Mount = file.Mount ?? (isSame ? known.Mount : OldMountOf(in row)),
                Since = isSame ? known.Since : time.GetTimestamp(),
            };
        }

        return true;
    }

    /// <summary>Before Linux 5.8 only fdinfo tells.</summary>
    private ulong? OldMountOf(in FdMemory<DeletedFile>.Row row)
        => FdInfo.TryRead(procFs, row.Fd.Folder, row.Fd.Number, out ulong mount) == ReadStatus.Ok ? mount : null;

    /// <returns>Number of descriptors about which nothing is known.</returns>
    private long FindHolders()
    {
        long unread = 0;
        _holders.Clear();
        for (int i = 0; i < _fds.Count; i++)
        {
            ref FdMemory<DeletedFile>.Row row = ref _fds[i];
            if (!row.Value.IsKnown)
            {
                unread++;
            }
            else if (row.Value.HasNoName)
            {
                ref int holder = ref CollectionsMarshal.GetValueRefOrAddDefault(_holders, (row.Value.Device, row.Value.Inode), out bool hasOne);
                holder = !hasOne || row.Id.IsResponsibleBefore(_fds[holder].Id) ? i : holder;
            }
        }

        return unread;
    }

    /// <returns>Number of files whose mount is not known.</returns>
    private long AddUp()
    {
        long unread = 0;
        _sums.Clear();
        _mounts.BeginScan();
        foreach (int holder in _holders.Values)
        {
            ref FdMemory<DeletedFile>.Row row = ref _fds[holder];
            MountPoint? mount = row.Value.Mount is { } id ? _mounts.Find(id, row.Fd.Folder, row.Fd.Number) : null;
            if (mount?.Path is { } path)
            {
                bool isLasting = time.GetElapsedTime(row.Value.Since) >= s_lasting;
                CollectionsMarshal.GetValueRefOrAddDefault(_sums, (row.Fd.Process, path, row.Value.Device), out _).Add(row.Value.Bytes, isLasting, mount.Size);
            }

            unread += mount is null ? 1 : 0;
        }

        _mounts.EndScan();
        return unread;
    }

    private struct Sums
    {
        internal long Files;
        internal long Bytes;
        internal long LastingBytes;
        internal long? FileSystemBytes;

        internal void Add(long bytes, bool isLasting, long? fileSystemBytes)
        {
            Files++;
            Bytes += bytes;
            LastingBytes += isLasting ? bytes : 0;
            FileSystemBytes ??= fileSystemBytes;
        }
    }
}
