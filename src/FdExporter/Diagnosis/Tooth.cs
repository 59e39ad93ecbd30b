namespace FdExporter.Diagnosis;

/// <summary>A rise that ended with a fall by more than half of it: indices of its lowest and its highest floor.</summary>
internal readonly record struct Tooth(int Trough, int Peak)
{
    /// <summary>So many troughs, each higher than the one before, are no chance.</summary>
    private const int LeastTroughs = 4;

    /// <param name="swing">What rises or falls by less is noise.</param>
    /// <param name="trough">Where the present rise began, which has not fallen yet.</param>
    internal static int Find(ReadOnlySpan<double> floors, double swing, Span<Tooth> into, out int trough)
    {
        int count = 0;
        int peak = 0;
        trough = 0;
        for (int i = 1; i < floors.Length; i++)
        {
            double rise = floors[peak] - floors[trough];
            if (floors[peak] - floors[i] > Math.Max(rise / 2, swing))
            {
                if (rise >= swing)
                {
                    into[count++] = new Tooth(trough, peak);
                }

                trough = i;
                peak = i;
            }
            else if (floors[i] < floors[trough] || (floors[i] == floors[trough] && rise < swing))
            {
                trough = i;
                peak = i;
            }
            else if (floors[i] > floors[peak])
            {
                peak = i;
            }
        }

        return count;
    }

    /// <summary>
    /// A leak below the teeth: what is left after each fall is more each time, by about as much, and by more than the falls
    /// differ. Null where it is not so.
    /// </summary>
    /// <param name="last">The trough of the rise that has not fallen yet.</param>
    internal static Climb? JudgeTroughs(ReadOnlySpan<Tooth> teeth, ReadOnlySpan<double> floors, int last, double noise, TimeSpan width)
    {
        // What the first tooth began with was no fall.
        int from = teeth[0].Trough == 0 ? 1 : 0;
        int count = teeth.Length + 1 - from;
        if (count < LeastTroughs)
        {
            return null;
        }

        Span<int> troughs = stackalloc int[count];
        for (int i = 0; i < count - 1; i++)
        {
            troughs[i] = teeth[from + i].Trough;
        }

        troughs[^1] = last;

        // Of the teeth since the last restart: one that begins lower than the one before by far starts anew.
        (double height, int start) = (0, 0);
        for (int i = from; i < teeth.Length; i++)
        {
            height = Math.Max(height, floors[teeth[i].Peak] - floors[teeth[i].Trough]);
        }

        for (int i = 1; i < count; i++)
        {
            start = floors[troughs[i]] < floors[troughs[i - 1]] - (height / 2) ? i : start;
        }

        troughs = troughs[start..];
        if (troughs.Length < LeastTroughs)
        {
            return null;
        }

        double rise = floors[troughs[^1]] - floors[troughs[0]];
        int span = troughs[^1] - troughs[0];
        if (rise < Math.Max(6 * noise, height / 6))
        {
            return null;
        }

        // Each trough stands near the line through them, and none of the thirds is flat.
        int rising = 0;
        Span<double> distances = stackalloc double[troughs.Length];
        for (int i = 0; i < troughs.Length; i++)
        {
            rising += i > 0 && floors[troughs[i]] > floors[troughs[i - 1]] ? 1 : 0;
            distances[i] = Math.Abs(floors[troughs[i]] - floors[troughs[0]] - (rise * (troughs[i] - troughs[0]) / span));
        }

        double scatter = FloorStatistics.Median(distances);
        if (rising * 5 < (troughs.Length - 1) * 4 || scatter > rise / 8)
        {
            return null;
        }

        TimeSpan over = width * span;
        return new Climb(ClimbState.Climbing, rise / over.TotalHours, over, rise, troughs.Length > LeastTroughs);
    }
}
