using System.Diagnostics;
using LeakLab.Native;
using LeakLab.Workers;

namespace LeakLab.Leaks;

/// <summary>
/// Processes whose connections come and go: no leak, but like a load balancer or a node full of pods. SIGUSR1 pauses all of
/// them, and SIGUSR2 resumes them; the lines `paused` and `moving` confirm it.
/// </summary>
internal sealed class MovingConnections(string verb, IReadOnlyList<WorkerSettings> workers, bool inNamespaces, StopSignal stop) : Leak
{
    private readonly List<LabProcess> _workers = [];
    private readonly PauseRequests _requests = new();

    internal override IEnumerable<(string, object)> Facts =>
    [
        ("verb", verb), ("processes", _workers.Count), ("connections", workers[0].Connections),
        ("pids", string.Join(',', _workers.Select(static worker => worker.Pid))),
    ];

    internal override void Build()
    {
        foreach (WorkerSettings worker in workers)
        {
            _workers.Add(inNamespaces ? LabProcess.StartInNamespace(worker.ToArguments(), stop) : LabProcess.Start(worker.ToArguments(), stop));
        }

        Await("ready");
    }

    internal override void Live(TimeSpan? time, StopSignal stop)
    {
        long start = Stopwatch.GetTimestamp();
        while (stop.WaitFor(_requests.Descriptor, time - Stopwatch.GetElapsedTime(start)))
        {
            bool isPause = _requests.Take();
            string word = isPause ? "paused" : "moving";
            _workers.ForEach(worker => worker.Signal(isPause ? Libc.SIGUSR1 : Libc.SIGUSR2));
            Await(word);
            Console.WriteLine(Logfmt.Line(word, [("pid", Environment.ProcessId), .. Facts]));
        }
    }

    internal override void Release()
    {
        // All at once, and then one by one.
        _workers.ForEach(static worker => worker.Signal(Libc.SIGTERM));
        _workers.ForEach(static worker => worker.Dispose());
        _workers.Clear();
    }

    public override void Dispose()
    {
        Release();
        _requests.Dispose();
    }

    private void Await(string word) => _workers.ForEach(worker => worker.ReadNumber(word));
}
