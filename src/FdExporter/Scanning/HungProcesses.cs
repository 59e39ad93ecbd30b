namespace FdExporter.Scanning;

/// <summary>
/// Processes that the kernel does not answer about: a thread waits for each. What it hung at is not read until the thread
/// has come back. For use by any thread.
/// </summary>
internal sealed class HungProcesses
{
    private readonly Lock _lock = new();

    /// <summary>By pid. Guarded by <see cref="_lock"/>.</summary>
    private readonly Dictionary<int, HungAt> _processes = [];
    private int _count;

    internal int Count => Volatile.Read(ref _count);

    internal HungAt Of(int pid)
    {
        if (Count == 0)
        {
            return HungAt.Nothing;
        }

        lock (_lock)
        {
            return _processes.GetValueOrDefault(pid);
        }
    }

    internal void Add(int pid, HungAt at)
    {
        lock (_lock)
        {
            _processes[pid] = at;
            _count = _processes.Count;
        }
    }

    internal void Remove(int pid)
    {
        lock (_lock)
        {
            _processes.Remove(pid);
            _count = _processes.Count;
        }
    }
}
