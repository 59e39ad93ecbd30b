namespace FdExporter.Linux.Procfs;

/// <summary>
/// A line of <c>/proc/sysvipc/shm</c>: a segment of System V shared memory of the reader's IPC namespace. Source: proc_sysvipc(5).
/// </summary>
/// <param name="Creator">Pid; it may have ended.</param>
/// <param name="Owner">uid.</param>
internal readonly record struct SharedMemory(int Creator, uint Owner)
{
    internal static ProcPath Path => ProcPath.Of("sysvipc/shm"u8);

    //        key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid ...
    //          0      32770   600                  4096   711   711      1  1000  1000  1000  1000 ...
    internal static bool TryParse(ReadOnlySpan<byte> line, out SharedMemory segment)
    {
        segment = default;
        ByteReader fields = new(line);
        if (!fields.TrySkipFields(4) || !fields.TryTakeUInt64(out ulong creator) || !fields.TrySkipFields(2) || !fields.TryTakeUInt64(out ulong owner)
            || creator > int.MaxValue || owner > uint.MaxValue)
        {
            return false;
        }

        segment = new SharedMemory((int)creator, (uint)owner);
        return true;
    }
}
