using System.Runtime.InteropServices;
using System.Text;
using FdExporter.Fuzz.Targets;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Fuzzing;

/// <summary>Program names and requests cannot slow the exporter down: four times the input, four times the work.</summary>
[Collection(Alone.Name)]
public partial class LongInputsTests
{
    private const int CLOCK_THREAD_CPUTIME_ID = 3;

    /// <summary>Less is too short to compare. Quadratic work takes seconds.</summary>
    private static readonly TimeSpan s_harmless = TimeSpan.FromMilliseconds(100);

    public static TheoryData<string> Names() => [.. FuzzTargets.All.Select(static target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Work_GrowsNoFasterThanTheInput(string name)
    {
        FuzzTarget target = FuzzTargets.Find(name)!;
        foreach (byte[] unit in UnitsOf(target))
        {
            byte[] four = Repeat(unit, target.MaxLength);
            byte[] one = Repeat(unit, target.MaxLength / 4);

            // The processor time of this thread, the minimum of three runs: other work of the machine does not count.
            TimeSpan ofFour = Measure(target, four);
            if (ofFour <= s_harmless)
            {
                continue;
            }

            TimeSpan ofOne = Measure(target, one);
            for (int i = 0; i < 2 && !IsInProportion(); i++)
            {
                ofFour = Least(ofFour, Measure(target, four));
                ofOne = Least(ofOne, Measure(target, one));
            }

            Assert.True(
                IsInProportion(),
                $"{ofFour.TotalMilliseconds} ms for {four.Length} bytes of {Encoding.Latin1.GetString(unit)}, {ofOne.TotalMilliseconds} ms for a quarter");

            bool IsInProportion() => ofFour <= s_harmless || ofFour <= ofOne * 8;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Memory_GrowsNoFasterThanTheInput(string name)
    {
        FuzzTarget target = FuzzTargets.Find(name)!;
        foreach (byte[] unit in UnitsOf(target))
        {
            byte[] two = Repeat(unit, target.MaxLength / 4);
            byte[] one = Repeat(unit, target.MaxLength / 8);
            _ = Allocated(target, one);
            long ofOne = Allocated(target, one);
            long ofTwo = Allocated(target, two);

            // Lists and builders grow by doubling: at most three times as much. Rejected input takes none.
            Assert.True(ofTwo <= (3 * ofOne) + (16 * two.Length) + 100_000, $"{ofTwo} bytes for {two.Length} of {Encoding.Latin1.GetString(unit)}, {ofOne} for half");
        }
    }

    private static IEnumerable<byte[]> UnitsOf(FuzzTarget target)
        => ((string[])["\0", " ", "\n", "/", ":", "(", "[", "{", "\\", "\"", "a", "0", "a ", "a\n", "a/", "[:", "- ", "? ", ",", ";", "=", "\uFFFD", .. target.Words])
            .Select(Encoding.UTF8.GetBytes)
            .Concat(target.Seeds.Take(1))
            .Where(static unit => unit.Length > 0);

    private static byte[] Repeat(byte[] unit, int length)
    {
        byte[] input = new byte[length];
        for (int at = 0; at < length; at += unit.Length)
        {
            unit.AsSpan(0, Math.Min(unit.Length, length - at)).CopyTo(input.AsSpan(at));
        }

        return input;
    }

    private static TimeSpan Measure(FuzzTarget target, byte[] input)
    {
        TimeSpan before = ThreadTime();
        _ = target.Check(input);
        return ThreadTime() - before;
    }

    private static long Allocated(FuzzTarget target, byte[] input)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = target.Check(input);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan ThreadTime()
    {
        Assert.Equal(0, ClockGetTime(CLOCK_THREAD_CPUTIME_ID, out Timespec time));
        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGetTime(int clock, out Timespec time);

    private struct Timespec
    {
        internal long Seconds;
        internal long Nanoseconds;
    }
}
