using System.Text;

namespace FdExporter.Scanning.Reading;

/// <summary>File systems in this machine's memory and on its disks: they answer without a server that may be dead (FUSE, NFS).</summary>
internal static class LocalFileSystems
{
    private static readonly string[] s_inMemory = ["tmpfs", "ramfs", "rootfs", "devtmpfs"];

    private static readonly string[] s_onDisk = ["ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "zfs", "bcachefs", "overlay", "squashfs", "erofs"];

    internal static bool Contains(ReadOnlySpan<byte> fileSystem) => Has(s_inMemory, fileSystem) || IsOnDisk(fileSystem);

    internal static bool IsOnDisk(ReadOnlySpan<byte> fileSystem) => Has(s_onDisk, fileSystem);

    private static bool Has(string[] names, ReadOnlySpan<byte> fileSystem) => names.AsSpan().Contains(Encoding.UTF8.GetString(fileSystem));
}
