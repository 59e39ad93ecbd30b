using System.Diagnostics;
using LeakLab.Native;

namespace LeakLab.Workers;

/// <summary>The program of a worker: connections to itself that come and go, until its stdin closes.</summary>
internal sealed class Worker(WorkerSettings settings, StopSignal stop, PauseRequests requests)
{
    private static readonly TimeSpan s_betweenReplacements = TimeSpan.FromMilliseconds(10);

    /// <summary>It waits at least this long even when late, so that a request to pause is seen.</summary>
    private static readonly TimeSpan s_leastWait = TimeSpan.FromMilliseconds(1);

    private readonly OwnConnections _connections = new(settings.Connections);
    private long _movedSince;
    private long _replaced;
    private TimeSpan _nextReplacement;
    private TimeSpan _nextProbe;

    internal static int Run(WorkerSettings settings)
    {
        try
        {
            File.WriteAllText("/proc/self/comm", settings.Name);
            DescriptorLimit.Raise();
            if (settings.BringUpLoopback)
            {
                Loopback.BringUp();
            }

            using var stop = new StopSignal(duration: null, untilStdinCloses: true);
            using var requests = new PauseRequests();
            var worker = new Worker(settings, stop, requests);
            try
            {
                worker.Move();
            }
            catch (OperationCanceledException)
            {
                worker._connections.CloseAll();
            }

            return 0;
        }
        catch (SystemCallException e)
        {
            Logfmt.Error($"worker: {e.Message}", ("errno", e.Errno));
            return 1;
        }
    }

    private void Move()
    {
        Console.WriteLine($"ready {settings.Connections}");
        StartClock(settings.ProbeAfter ?? settings.ProbeEvery);
        while (true)
        {
            if (stop.WaitFor(requests.Descriptor, UntilNext()))
            {
                StandStill();
            }
            else
            {
                Step(Stopwatch.GetElapsedTime(_movedSince));
            }
        }
    }

    private void Step(TimeSpan elapsed)
    {
        if (settings.Replace is double rate && elapsed >= _nextReplacement)
        {
            long due = (long)(elapsed.TotalSeconds * rate);
            _connections.Replace((int)(due - _replaced));
            _replaced = due;
            _nextReplacement = elapsed + s_betweenReplacements;
        }

        if (settings.ProbeEvery is TimeSpan every && elapsed >= _nextProbe)
        {
            _connections.Probe();
            _nextProbe += every;
        }
    }

    // A repeated pause, or a resume without a pause, is answered like any other.
    private void StandStill()
    {
        while (requests.Take())
        {
            Console.WriteLine("paused 0");
            stop.WaitFor(requests.Descriptor);
        }

        Console.WriteLine("moving 0");
        StartClock(settings.ProbeEvery);
    }

    private void StartClock(TimeSpan? firstProbe)
    {
        _movedSince = Stopwatch.GetTimestamp();
        _replaced = 0;
        _nextReplacement = TimeSpan.Zero;
        _nextProbe = firstProbe ?? TimeSpan.Zero;
    }

    private TimeSpan? UntilNext()
    {
        TimeSpan? next = settings.Replace is null ? null : _nextReplacement;
        if (settings.ProbeEvery is not null && !(next < _nextProbe))
        {
            next = _nextProbe;
        }

        TimeSpan? left = next - Stopwatch.GetElapsedTime(_movedSince);
        return left < s_leastWait ? s_leastWait : left;
    }
}
