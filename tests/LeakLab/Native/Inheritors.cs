namespace LeakLab.Native;

/// <summary>
/// Children that only hold descriptors: each is a `cat` that waits on a pipe which only the lab can write to. They inherit what was opened
/// without O_CLOEXEC.
/// </summary>
internal sealed class Inheritors : IDisposable
{
    private readonly List<ChildProcess> _children = [];
    private readonly Pipe _life = new();

    internal void Start(int count)
    {
        int devNull = SystemCallException.Check(Libc.open("/dev/null", Libc.O_RDWR | Libc.O_CLOEXEC, 0), "open /dev/null");
        for (int i = 0; i < count; i++)
        {
            _children.Add(ChildProcess.Start(["cat"], _life.ReadEnd, devNull, devNull));
        }

        _ = Libc.close(devNull);
    }

    internal void End()
    {
        foreach (ChildProcess child in _children)
        {
            child.Signal(Libc.SIGKILL);
            child.Reap(TimeSpan.Zero);
        }

        _children.Clear();
    }

    public void Dispose()
    {
        End();
        _life.Dispose();
    }
}
