using System.Text;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Sockets;

/// <summary>
/// The network namespaces kept alive by a bind mount, as <c>ip netns add</c> and container runtimes create them, by number; only mounts
/// that pid 1 sees. A check costs one poll(2): the kernel signals when the mounts have changed.
/// </summary>
internal sealed class NamespaceMounts(ProcFs procFs) : IDisposable
{
    private const int MaxLength = 16 * 1024 * 1024;

    private readonly Dictionary<ulong, (ulong Parent, bool IsLocal)> _fileSystems = [];
    private Dictionary<ulong, string> _mounts = [];
    private MountWatch? _watch;
    private bool _isRead;
    private byte[] _buffer = new byte[16 * 1024];

    /// <summary>By number, the mount point below pid 1's root; empty if nothing is opened there.</summary>
    internal IReadOnlyDictionary<ulong, string> All => _mounts;

    /// <summary>Whether the mounts have changed since the last call, or may have.</summary>
    internal bool Refresh()
    {
        if (!procFs.IsKernel || (_watch is not null && !_watch.HasChanged() && _isRead))
        {
            return false;
        }

        _watch ??= MountWatch.TryOpen(procFs);
        _isRead = false;
        _mounts = Read();
        _isRead = true;
        return true;
    }

    /// <summary>Its name in <c>ip netns</c>; null for a mount elsewhere.</summary>
    internal string? NameOf(ulong number)
        => _mounts.TryGetValue(number, out string? path) && Path.GetFileName(Path.GetDirectoryName(path)) == "netns" ? Printable.NameOf(Path.GetFileName(path)) : null;

    /// <summary>Null if it is gone or another file is there now.</summary>
    /// <exception cref="KernelException">It cannot be opened.</exception>
    internal SafeFd? TryOpen(ulong number)
    {
        if (!_mounts.TryGetValue(number, out string? mount) || mount.Length == 0)
        {
            throw KernelException.Protocol("open", FormattableString.Invariant($"net:[{number}]"), "its mount is on a file system that may hang");
        }

        return MountedNamespace.TryOpen(procFs, mount, number);
    }

    private Dictionary<ulong, string> Read()
    {
        Dictionary<ulong, string> mounts = [];
        _fileSystems.Clear();
        if (procFs.TryReadAll(ProcPath.Of(1, "mountinfo"u8), ref _buffer, MaxLength, out ReadOnlySpan<byte> text) != ReadStatus.Ok)
        {
            return mounts;
        }

        List<(ulong Number, ulong Parent, string Path)> found = [];
        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (!Mountinfo.TryParse(line, out Mountinfo mount))
            {
                continue;
            }

            // Nothing is opened on any other (FUSE, NFS): a dead server would block the scan for ever. If the root file system hung, nothing would run.
            bool isLocal = mount.MountPoint.SequenceEqual("/"u8) || LocalFileSystems.Contains(mount.FileSystem);
            _fileSystems[mount.Id] = (mount.Parent, isLocal);
            if (mount.FileSystem.SequenceEqual("nsfs"u8) && NetNamespace.TryParse(mount.Root, out ulong number))
            {
                found.Add((number, mount.Parent, Encoding.UTF8.GetString(Mountinfo.Unescape(mount.MountPoint))));
            }
        }

        foreach ((ulong number, ulong parent, string path) in found)
        {
            // If it is mounted more than once, the mount that can be opened.
            if (!mounts.TryGetValue(number, out string? other) || other.Length == 0)
            {
                mounts[number] = IsLocal(parent) ? path : "";
            }
        }

        _fileSystems.Clear();
        return mounts;
    }

    private bool IsLocal(ulong mount)
    {
        // The root is mounted on itself, or on a mount that is not shown.
        for (int depth = 0; depth < 64 && _fileSystems.TryGetValue(mount, out (ulong Parent, bool IsLocal) fileSystem); depth++)
        {
            if (!fileSystem.IsLocal)
            {
                return false;
            }

            if (fileSystem.Parent == mount)
            {
                break;
            }

            mount = fileSystem.Parent;
        }

        return true;
    }

    public void Dispose() => _watch?.Dispose();
}
