using System.Diagnostics;
using System.Globalization;
using LeakLab.Leaks;
using LeakLab.Native;

namespace LeakLab;

/// <summary>Common to all verbs: create the leak, print that it is ready, hold it, perhaps release it, end.</summary>
internal static class Lab
{
    internal static int Run(LabSettings settings, Func<StopSignal, Leak> create)
    {
        try
        {
            // Written to the file rather than set by prctl(2), which would name the calling thread and not the process.
            File.WriteAllText("/proc/self/comm", settings.Name);
            DescriptorLimit.Raise();
            using var stop = new StopSignal(settings.Duration, settings.UntilStdinCloses);
            try
            {
                using Leak leak = create(stop);
                Hold(leak, settings.ReleaseAfter, stop);
            }
            catch (OperationCanceledException)
            {
                // The only way out of the waits; the reason is printed below, when the leak is gone.
            }

            Console.WriteLine(Logfmt.Line("ended", [("pid", Environment.ProcessId), ("reason", stop.Reason)]));
            return 0;
        }
        catch (SystemCallException e)
        {
            Logfmt.Error(e.Message, [("errno", e.Errno), .. e.Hint is null ? [] : new (string, object)[] { ("hint", e.Hint) }]);
            return 1;
        }
        catch (IOException e)
        {
            Logfmt.Error(e.Message);
            return 1;
        }
    }

    private static void Hold(Leak leak, TimeSpan? releaseAfter, StopSignal stop)
    {
        long start = Stopwatch.GetTimestamp();
        leak.Build();
        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        Say("ready", leak, ("seconds", taken.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture)));
        leak.Live(releaseAfter, stop);
        leak.Release();
        Say("released", leak);
        stop.Sleep(null);
    }

    private static void Say(string word, Leak leak, params IReadOnlyList<(string Key, object Value)> more)
    {
        // Twice: without native compilation the first count opens files of the runtime, which would distort it.
        _ = Line(word, leak, more);
        Console.WriteLine(Line(word, leak, more));
    }

    private static string Line(string word, Leak leak, IReadOnlyList<(string Key, object Value)> more) => Logfmt.Line(word,
    [
        ("pid", Environment.ProcessId),
        .. leak.Facts,
        ("open_fds", ListedDescriptors()),
        ("rss_kib", Environment.WorkingSet / 1024),
        .. more,
    ]);

    // The listing itself holds one descriptor, which is not counted.
    private static int ListedDescriptors() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() - 1;
}
