using System.Runtime.InteropServices;
using LeakLab.Native;

namespace LeakLab.Leaks;

/// <summary>Files that are opened, mapped and closed: handles without a descriptor.</summary>
internal sealed unsafe class Mapped(string directory, int count, double? rate, StopSignal stop) : Leak
{
    private readonly string _file = Path.Combine(directory, $"leaklab-mapped-{Environment.ProcessId}");
    private readonly List<nint> _mappings = [];

    internal override IEnumerable<(string, object)> Facts => [("verb", "mapped"), ("count", _mappings.Count), ("file", _file)];

    internal override void Build()
    {
        File.WriteAllBytes(_file, new byte[Environment.SystemPageSize]);
        var pace = new Pace(rate, stop);
        for (int i = 0; i < count; i++)
        {
            pace.Next();
            int fd = SystemCallException.Check(Libc.open(_file, Libc.O_RDONLY | Libc.O_CLOEXEC, 0), "open");
            nint address = Libc.mmap(0, (nuint)Environment.SystemPageSize, Libc.PROT_READ, Libc.MAP_SHARED, fd, 0);
            int error = Marshal.GetLastPInvokeError();
            _ = Libc.close(fd);
            _mappings.Add(address != -1 ? address : throw new SystemCallException("mmap", error, $"after {i}; sysctl vm.max_map_count limits them"));
        }
    }

    internal override void Release()
    {
        foreach (nint address in _mappings)
        {
            _ = Libc.munmap(address, (nuint)Environment.SystemPageSize);
        }

        _mappings.Clear();
    }

    public override void Dispose()
    {
        Release();
        File.Delete(_file);
    }
}
