namespace FdExporter.Diagnosis;

/// <summary>Statistics of floors that single ones do not move.</summary>
internal static class FloorStatistics
{
    private const int Most = 160;

    /// <summary>Slopes are taken between at most so many: 435 pairs, instead of 10,296.</summary>
    private const int MostSloped = 30;

    /// <summary>How far a floor is from the middle of its neighbours, as a standard deviation; never below that of rounding.</summary>
    internal static double Noise(ReadOnlySpan<double> floors)
    {
        if (floors.Length < 3)
        {
            return 0.5;
        }

        Span<double> distances = stackalloc double[Most];
        distances = distances[..(floors.Length - 2)];
        for (int i = 0; i < distances.Length; i++)
        {
            distances[i] = Math.Abs(floors[i + 1] - ((floors[i] + floors[i + 2]) / 2));
        }

        // 1.4826: from the median of distances to a deviation; the middle of two adds its own, 1.5 in all.
        return Math.Max(0.5, Median(distances) * 1.4826 / Math.Sqrt(1.5));
    }

    /// <summary>The median of the slopes between floors (Theil-Sen). Unit: of one floor to the next.</summary>
    internal static double MedianSlope(ReadOnlySpan<double> floors)
    {
        int step = Math.Max(1, (floors.Length + MostSloped - 1) / MostSloped);
        Span<double> slopes = stackalloc double[MostSloped * (MostSloped + 1) / 2];
        int count = 0;
        for (int i = floors.Length - 1; i >= 0; i -= step)
        {
            for (int j = i - step; j >= 0; j -= step)
            {
                slopes[count++] = (floors[i] - floors[j]) / (i - j);
            }
        }

        return count == 0 ? 0 : Median(slopes[..count]);
    }

    /// <summary>The median of their distances from a line of this slope.</summary>
    internal static double Scatter(ReadOnlySpan<double> floors, double slope)
    {
        Span<double> distances = stackalloc double[Most];
        distances = distances[..floors.Length];
        for (int i = 0; i < floors.Length; i++)
        {
            distances[i] = floors[i] - (slope * i);
        }

        double start = Median(distances);
        foreach (ref double distance in distances)
        {
            distance = Math.Abs(distance - start);
        }

        return Median(distances);
    }

    /// <summary>Puts them in order.</summary>
    internal static double Median(Span<double> values)
    {
        values.Sort();
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
