using LeakLab.Native;

namespace LeakLab.Leaks;

/// <summary>
/// Many light processes with inherited descriptors. Each is a `cat` that waits on a pipe which only the lab can write to:
/// however the lab ends, SIGKILL included, the pipe closes and they all exit.
/// </summary>
internal sealed class Processes(int processes, int fds, StopSignal stop) : Leak
{
    private readonly List<ChildProcess> _children = [];
    private readonly HeldDescriptors _inherited = new();
    private readonly Pipe _life = new();

    internal override IEnumerable<(string, object)> Facts =>
    [
        ("verb", "processes"), ("processes", _children.Count), ("fds", fds), ("fds_each", fds + 3), ("comm", "cat"),
        ("first_pid", _children.Count > 0 ? _children[0].Pid : 0), ("last_pid", _children.Count > 0 ? _children[^1].Pid : 0),
    ];

    internal override void Build()
    {
        int devNull = SystemCallException.Check(Libc.open("/dev/null", Libc.O_RDWR | Libc.O_CLOEXEC, 0), "open /dev/null");
        for (int i = 0; i < fds; i++)
        {
            _inherited.Add(SystemCallException.Check(Libc.open("/dev/null", Libc.O_RDONLY, 0), "open /dev/null"));
        }

        for (int i = 0; i < processes; i++)
        {
            stop.ThrowIfDue();
            _children.Add(ChildProcess.Start(["cat"], _life.ReadEnd, devNull, devNull));
        }
    }

    internal override void Release()
    {
        foreach (ChildProcess child in _children)
        {
            child.Signal(Libc.SIGKILL);
        }

        foreach (ChildProcess child in _children)
        {
            child.Reap(TimeSpan.Zero);
        }

        _children.Clear();
        _inherited.Dispose();
    }

    public override void Dispose()
    {
        Release();
        _life.Dispose();
    }
}
