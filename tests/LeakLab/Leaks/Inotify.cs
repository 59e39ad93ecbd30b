using System.Runtime.InteropServices;
using LeakLab.Native;

namespace LeakLab.Leaks;

/// <summary>Inotify instances, each with watches of files in a folder of the lab.</summary>
internal sealed class Inotify(int count, int watches, int processes, StopSignal stop) : Leak
{
    private const uint InModify = 2;

    private readonly HeldDescriptors _held = new();
    private readonly Inheritors _inheritors = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("leaklab-");

    internal override IEnumerable<(string, object)> Facts =>
        [("verb", "inotify"), ("count", _held.Count), ("watches", _held.Count * watches), ("processes", processes)];

    internal override void Build()
    {
        string[] files = [.. Enumerable.Range(0, watches).Select(i => Path.Combine(_folder.FullName, $"{i}"))];
        foreach (string file in files)
        {
            stop.ThrowIfDue();
            File.WriteAllBytes(file, []);
        }

        for (int i = 0; i < count; i++)
        {
            int fd = Libc.inotify_init1(0);
            if (fd < 0)
            {
                throw new SystemCallException("inotify_init1", Marshal.GetLastPInvokeError(), DescriptorType.Limit("inotify", i));
            }

            _held.Add(fd);
            foreach (string file in files)
            {
                stop.ThrowIfDue();
                _ = SystemCallException.Check(Libc.inotify_add_watch(fd, file, InModify), "inotify_add_watch");
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
        _folder.Delete(recursive: true);
    }
}
