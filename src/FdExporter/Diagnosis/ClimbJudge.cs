namespace FdExporter.Diagnosis;

/// <summary>
/// Tells a leak from what only looks like one, by the least of each ten minutes. The alerting rules (group fd-growth) judge in
/// the same way with the same numbers. In each of several windows, short ones for fast leaks and long ones for slow ones:
/// each third has to rise, the second half about as much as the first, and the end has to be above all of the day before.
/// The longer the window, the longer the floors of which the least counts: teeth and noise shorter than a floor are not seen.
/// </summary>
internal static class ClimbJudge
{
    /// <summary>What rises by less is noise, and so is less than one an hour.</summary>
    private const double LeastRise = 4;

    /// <summary>A second half that gains less than this part of the first is a cache that fills.</summary>
    private const double LeastOfSecondHalf = 0.75;

    /// <summary>By this part of its rise a climb ends above all that was there before it: teeth and days come back to where they were.</summary>
    private const double LeastAbove = 0.25;

    /// <summary>It has climbed at this floor and at the one before it at the least: a step or a job passes on.</summary>
    private const int LeastTimes = 2;

    private static readonly Window[] s_windows =
    [
        new(126, 30, 0.15, 6), new(81, 20, 0.15, 6), new(51, 12, 0.15, 6),
        new(33, 8, 0.15, 2), new(27, 6, 0.15, 2), new(21, 5, 0.2, 2), new(15, 2, 0.2, 2), new(9, 1, 0.26, 4),
    ];

    /// <param name="floors">Oldest first; NaN where nobody looked.</param>
    /// <param name="width">The time that one of them stands for.</param>
    /// <returns>The longest climb that there is.</returns>
    internal static Climb Judge(ReadOnlySpan<double> floors, TimeSpan width)
    {
        int first = 0;
        while (first < floors.Length && double.IsNaN(floors[first]))
        {
            first++;
        }

        Span<double> wide = stackalloc double[HistorySeries.Floors];
        foreach (Window window in s_windows)
        {
            if (first + window.Needs + LeastTimes <= floors.Length)
            {
                ReadOnlySpan<double> known = Widen(floors[first..], window.Floor, wide);
                if (HasClimbed(known, floors, window))
                {
                    return new Climb(
                        width * window.Length,
                        known[^1] - known[^(window.Length + 1)],
                        (known[^1] - known[^((window.Length * 2 / 3) + 1)]) / (width * (window.Length * 2 / 3)).TotalHours);
                }
            }
        }

        return default;
    }

    /// <summary>At each of the last floors, as many of them as are known.</summary>
    private static bool HasClimbed(ReadOnlySpan<double> known, ReadOnlySpan<double> floors, in Window window)
    {
        int times = Math.Clamp(known.Length - window.Needs, LeastTimes, window.Times);
        for (int ago = 0; ago < times; ago++)
        {
            if (!Climbs(known[..^ago], NoiseOf(known[..^ago], floors[..^ago], window), window))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether it has fallen by more than half, and again: once is a restart.</summary>
    internal static bool FallsAgain(ReadOnlySpan<double> floors)
    {
        (double peak, int falls) = (0, 0);
        foreach (double floor in floors)
        {
            bool hasFallen = floor < peak / 2;
            falls += hasFallen ? 1 : 0;
            peak = hasFallen ? floor : Math.Max(peak, floor);
        }

        return falls > 1;
    }

    /// <summary>At each the least of the last so many; what is not known is as it was before.</summary>
    private static ReadOnlySpan<double> Widen(ReadOnlySpan<double> floors, int times, Span<double> into)
    {
        for (int i = 0; i < floors.Length; i++)
        {
            double least = double.NaN;
            foreach (double floor in floors[Math.Max(0, i - times + 1)..(i + 1)])
            {
                least = double.IsNaN(least) || floor < least ? floor : least;
            }

            into[i] = double.IsNaN(least) ? into[i - 1] : least;
        }

        return into[..floors.Length];
    }

    /// <summary>
    /// What lies between the last floor and the ten minutes that it is the least of, on average: noise, or teeth. In a long
    /// window at its begin as well, since chance has time to begin with a low floor and to end with a high one.
    /// </summary>
    private static double NoiseOf(ReadOnlySpan<double> known, ReadOnlySpan<double> floors, in Window window)
    {
        double atEnd = AverageOf(floors[^window.Floor..]) - known[^1];
        int before = known.Length - window.Length;
        return window.IsLong
            ? Math.Max(atEnd, AverageOf(floors[^(window.Length + Math.Min(window.Floor, before))..^window.Length]) - known[before - 1])
            : atEnd;
    }

    private static bool Climbs(ReadOnlySpan<double> floors, double noise, in Window window)
    {
        ReadOnlySpan<double> before = floors[..^window.Length];
        floors = floors[^(window.Length + 1)..];
        int third = window.Length / 3;
        int half = window.Length / 2;
        double rise = floors[^1] - floors[0];
        double least = Math.Min(floors[third] - floors[0], Math.Min(floors[2 * third] - floors[third], floors[^1] - floors[2 * third]));
        return rise >= Math.Max(Math.Max(LeastRise, window.Hours), noise)
            && least >= window.LeastOfThird * rise
            && SlopeOf(floors[^(half + 1)..]) >= LeastOfSecondHalf * SlopeOf(floors[^((2 * half) + 1)..^half])
            && floors[^1] - Highest(before) >= LeastAbove * rise;
    }

    /// <summary>Of the line that fits best. Unit: of one floor to the next.</summary>
    private static double SlopeOf(ReadOnlySpan<double> floors)
    {
        double middle = (floors.Length - 1) / 2.0;
        (double sum, double squares) = (0, 0);
        for (int i = 0; i < floors.Length; i++)
        {
            sum += (i - middle) * floors[i];
            squares += (i - middle) * (i - middle);
        }

        return sum / squares;
    }

    private static double AverageOf(ReadOnlySpan<double> floors)
    {
        (double sum, int count) = (0, 0);
        foreach (double floor in floors)
        {
            sum += double.IsNaN(floor) ? 0 : floor;
            count += double.IsNaN(floor) ? 0 : 1;
        }

        return count == 0 ? 0 : sum / count;
    }

    private static double Highest(ReadOnlySpan<double> floors)
    {
        double highest = 0;
        foreach (double floor in floors)
        {
            highest = Math.Max(highest, floor);
        }

        return highest;
    }

    /// <param name="Length">Unit: floors of the history, for this as for the next.</param>
    /// <param name="Floor">Of so many the least counts.</param>
    /// <param name="LeastOfThird">The part of the rise that each third of the window has to have at the least.</param>
    /// <param name="Times">
    /// At so many floors one after the other it has to climb, where so many are known: a job of an hour and a half has ended
    /// by then, and so has what chance does to noise in hours.
    /// </param>
    private readonly record struct Window(int Length, int Floor, double LeastOfThird, int Times)
    {
        /// <summary>A floor that hardly began before the window is no floor.</summary>
        internal int Needs => Length + ((Floor + 1) / 2);

        internal bool IsLong => Length >= 51;

        internal double Hours => Length * HistorySeries.MinutesPerFloor / 60.0;
    }
}
