using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>The file behind a descriptor, which may have no name any more. Source: statx(2).</summary>
/// <param name="Device">With <paramref name="Inode"/>, the identity of the file.</param>
/// <param name="Links">Number of its names.</param>
/// <param name="Bytes">Allocated space. Unit: bytes, a multiple of 512.</param>
/// <param name="Mount">The mount id, as in <see cref="Mountinfo"/>; null before Linux 5.8.</param>
internal readonly record struct FdFile(ulong Device, ulong Inode, uint Links, long Bytes, ulong? Mount)
{
    internal const uint Mask = Libc.STATX_NLINK | Libc.STATX_INO | Libc.STATX_BLOCKS | Libc.STATX_MNT_ID;

    private const ulong BlockSize = 512;

    internal static FdFile Of(in Libc.Statx statx) => new(
        ((ulong)statx.stx_dev_major << 32) | statx.stx_dev_minor,
        statx.stx_ino,
        (statx.stx_mask & Libc.STATX_NLINK) != 0 ? statx.stx_nlink : 1,
        (statx.stx_mask & Libc.STATX_BLOCKS) != 0 ? (long)Math.Min(statx.stx_blocks, long.MaxValue / BlockSize / 1024) * (long)BlockSize : 0,
        (statx.stx_mask & Libc.STATX_MNT_ID) != 0 ? statx.stx_mnt_id : null);
}
