using LeakLab.Native;

namespace LeakLab.Leaks;

/// <summary>Files with content that are deleted and stay open: their space is not free.</summary>
internal sealed class DeletedFiles(string directory, int count, long bytes, int processes, StopSignal stop) : Leak
{
    private readonly HeldDescriptors _held = new();
    private readonly Inheritors _inheritors = new();

    internal override IEnumerable<(string, object)> Facts =>
        [("verb", "deleted"), ("count", _held.Count), ("bytes", _held.Count * bytes), ("directory", directory), ("processes", processes)];

    internal override void Build()
    {
        for (int i = 0; i < count; i++)
        {
            stop.ThrowIfDue();
            string path = Path.Combine(directory, $"leaklab-{Environment.ProcessId}-{i}");
            int fd = SystemCallException.Check(Libc.open(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL, 0x180), "open");
            _held.Add(fd);
            _ = SystemCallException.Check(Libc.unlink(path), "unlink");
            int error = bytes > 0 ? Libc.posix_fallocate(fd, 0, bytes) : 0;
            if (error != 0)
            {
                throw new SystemCallException("posix_fallocate", error);
            }
        }

        _inheritors.Start(processes);
    }

    internal override void Release()
    {
        _inheritors.End();
        _held.Dispose();
    }

    public override void Dispose()
    {
        _held.Dispose();
        _inheritors.Dispose();
    }
}
