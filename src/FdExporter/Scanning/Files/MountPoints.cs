using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Files;

/// <summary>
/// The mounts of deleted files by mount id, which is unique on the machine while a file is open there. A process of that mount namespace
/// tells the path: those of containers are not in that of pid 1.
/// </summary>
internal sealed class MountPoints(ProcFs procFs, TimeProvider time)
{
    /// <summary>A node full of pods has thousands of mounts: reading them takes some ten milliseconds.</summary>
    private const int MaxLength = 4 * 1024 * 1024;

    /// <summary>Maximum number of readings per scan.</summary>
    private const int MostReadings = 8;

    /// <summary>Label values have at most this many characters.</summary>
    private const int MaxPath = 256;

    /// <summary>Mounts are moved and file systems grow.</summary>
    private static readonly TimeSpan s_askAgain = TimeSpan.FromMinutes(10);

    private readonly Dictionary<ulong, MountPoint> _known = [];
    private byte[] _buffer = new byte[4096];
    private uint _scan;
    private int _readings;

    internal void BeginScan()
    {
        _scan++;
        _readings = 0;
    }

    /// <summary>Null if it cannot be known now.</summary>
    internal MountPoint? Find(ulong id, ProcFolder holder, int fd)
    {
        _known.TryGetValue(id, out MountPoint? mount);
        if ((mount is null || time.GetElapsedTime(mount.AskedAt) >= s_askAgain) && _readings < MostReadings && procFs.MayAsk(holder.Pid) && Read(id, holder, fd) is { } read)
        {
            _known[id] = mount = read;
        }

        if (mount is not null)
        {
            mount.LastScan = _scan;
        }

        return mount;
    }

    /// <summary>An id is given again when its mount is gone.</summary>
    internal void EndScan()
    {
        foreach ((ulong id, MountPoint mount) in _known)
        {
            if (mount.LastScan != _scan)
            {
                _known.Remove(id);
            }
        }
    }

    private MountPoint? Read(ulong id, ProcFolder holder, int fd)
    {
        // The holder may have got the descriptor from a process of another mount namespace.
        bool isRead = TryRead(id, holder, out MountPoint? mount);
        if (mount is null && isRead)
        {
            isRead = TryRead(id, 1, out mount);
        }

        if (mount is { IsOnDisk: true } && procFs.TryStatFileSystem(holder, fd, out long size) == ReadStatus.Ok)
        {
            mount.Size = size;
        }

        return mount ?? (isRead ? new MountPoint(null, false, time.GetTimestamp()) : null);
    }

    /// <returns>False if its mounts cannot be read.</returns>
    private bool TryRead(ulong id, ProcFolder folder, out MountPoint? found)
    {
        found = null;
        _readings++;
        if (procFs.TryReadAll(ProcPath.Of(folder, "mountinfo"u8), ref _buffer, MaxLength, out ReadOnlySpan<byte> text) != ReadStatus.Ok)
        {
            return false;
        }

        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (Mountinfo.TryParse(line, out Mountinfo mount) && mount.Id == id)
            {
                string path = Printable.NameOf(Mountinfo.Unescape(mount.MountPoint));
                path = path.Length <= MaxPath ? path : path[..(char.IsHighSurrogate(path[MaxPath - 1]) ? MaxPath - 1 : MaxPath)];
                found = new MountPoint(path, LocalFileSystems.IsOnDisk(mount.FileSystem), time.GetTimestamp());
                return true;
            }
        }

        // What was cut off may be it.
        return text.Length < MaxLength;
    }
}
