namespace FdExporter.Diagnosis;

/// <summary>
/// Tells a leak from what only looks like one, by the floors of equal stretches of time, oldest first. Looked at in several
/// widths: wide ones see a leak below noise and below teeth, narrow ones see it soon.
/// </summary>
internal static class ClimbJudge
{
    private const int MostFloors = HistorySeries.Floors + 1;

    /// <summary>Unit: floors. Fewer have no shape.</summary>
    private const int LeastFloors = 6;

    /// <summary>Likewise of wide floors, where narrow ones seem to flatten: few do not show it.</summary>
    private const int LeastWideFloors = 8;

    /// <summary>Collectors of garbage have been seen to wait for four hours; a climb without a fall for longer is none of theirs.</summary>
    private static readonly TimeSpan s_longestTooth = TimeSpan.FromHours(5);

    private static ReadOnlySpan<int> Widths => [1, 3, 6, 12];

    /// <param name="floors">NaN where nobody looked.</param>
    /// <param name="width">The time that one of them stands for.</param>
    internal static Climb Judge(ReadOnlySpan<double> floors, TimeSpan width)
    {
        Span<double> buffer = stackalloc double[MostFloors];
        Climb narrow = default;
        foreach (int times in Widths)
        {
            ReadOnlySpan<double> wide = Widen(floors, times, buffer);
            if (wide.Length < LeastFloors)
            {
                break;
            }

            Climb climb = JudgeOne(wide, width * times, times > 1 && narrow.State == ClimbState.Flattening ? LeastWideFloors : LeastFloors);
            if (climb.State == ClimbState.Climbing)
            {
                return climb;
            }

            narrow = times == 1 ? climb : narrow;
        }

        return narrow;
    }

    /// <summary>The least of each so many, the newest whole; what is not known is as it was before.</summary>
    private static ReadOnlySpan<double> Widen(ReadOnlySpan<double> floors, int times, Span<double> into)
    {
        int count = 0;
        double before = double.NaN;
        for (int from = floors.Length % times; from < floors.Length; from += times)
        {
            double least = double.NaN;
            foreach (double floor in floors.Slice(from, times))
            {
                least = double.IsNaN(least) || floor < least ? floor : least;
            }

            before = double.IsNaN(least) ? before : least;
            if (!double.IsNaN(before))
            {
                into[count++] = before;
            }
        }

        return into[..count];
    }

    private static Climb JudgeOne(ReadOnlySpan<double> floors, TimeSpan width, int least)
    {
        double noise = FloorStatistics.Noise(floors);
        Span<Tooth> teeth = stackalloc Tooth[MostFloors];
        int count = Tooth.Find(floors, Math.Max(6 * noise, 4), teeth, out int trough);
        teeth = teeth[..count];
        Climb current = JudgeClimb(floors[trough..], noise, width, least);
        if (teeth.IsEmpty)
        {
            return current;
        }

        if (Tooth.JudgeTroughs(teeth, floors, trough, noise, width) is { } below)
        {
            return below;
        }

        (double highest, double tallest, int longest) = (0, 0, 0);
        foreach (Tooth tooth in teeth)
        {
            highest = Math.Max(highest, floors[tooth.Peak]);
            tallest = Math.Max(tallest, floors[tooth.Peak] - floors[tooth.Trough]);
            longest = Math.Max(longest, tooth.Peak - tooth.Trough);
        }

        // A tooth that grows beyond all those before it is none of them.
        bool isBeyond = floors[^1] > highest + Math.Max(tallest / 2, 6 * noise) && current.Over > width * longest;
        return current.State != ClimbState.Climbing || isBeyond ? current : new Climb(ClimbState.Teeth);
    }

    /// <summary>What began at the first floor, its lowest, and has not fallen since by more than half.</summary>
    private static Climb JudgeClimb(ReadOnlySpan<double> floors, double noise, TimeSpan width, int least)
    {
        double rise = floors[^1] - floors[0];
        if (rise < Math.Max(6 * noise, 4))
        {
            return new Climb(floors.Length < least ? ClimbState.TooEarly : ClimbState.Flat);
        }

        // What stood for hours and then began to climb has climbed only since then.
        double low = floors[0] + (rise * 0.1) + (2 * noise);
        int start = floors.Length - 1;
        while (floors[start] > low)
        {
            start--;
        }

        double all = rise;
        TimeSpan since = width * (floors.Length - 1);
        floors = floors[start..];
        if (floors.Length < least)
        {
            return new Climb(ClimbState.TooEarly);
        }

        rise = floors[^1] - floors[0];
        TimeSpan over = width * (floors.Length - 1);
        if (Shape.Of(floors, noise) is var shape && shape != ClimbState.Climbing)
        {
            return new Climb(shape);
        }

        // What wanders also ends higher than its lowest, somewhere; a climb stays near its line.
        double slope = FloorStatistics.MedianSlope(floors);
        return FloorStatistics.Scatter(floors, slope) > rise / 6
            ? new Climb(ClimbState.Flat)
            : new Climb(ClimbState.Climbing, slope / width.TotalHours, 2 * noise > rise * 0.1 ? Began(over, since, all, slope / width.TotalHours) : over, all, over >= s_longestTooth);
    }

    /// <summary>How long it took at its pace to get where it is: noise hides its beginning.</summary>
    private static TimeSpan Began(TimeSpan over, TimeSpan since, double rise, double perHour)
    {
        TimeSpan paced = perHour <= 0 ? over : TimeSpan.FromHours(Math.Min(rise / perHour, since.TotalHours));
        return paced > over ? paced : over;
    }
}
