namespace FdExporter.Diagnosis;

/// <summary>Whether a rise goes on as it began: by what it gains in each eighth of its time.</summary>
internal static class Shape
{
    private const int Eighths = 8;

    internal static ClimbState Of(ReadOnlySpan<double> floors, double noise)
    {
        int parts = floors.Length > Eighths ? Eighths : 4;
        Span<double> gains = stackalloc double[Eighths];
        gains = gains[..parts];
        for (int i = 0; i < parts; i++)
        {
            gains[i] = At(floors, i + 1, parts) - At(floors, i, parts);
        }

        double rise = floors[^1] - floors[0];
        int quarter = parts / 4;
        int rising = 0;
        for (int i = 0; i < 4; i++)
        {
            rising += Sum(gains.Slice(i * quarter, quarter)) >= rise / 16 ? 1 : 0;
        }

        double last = Sum(gains[^quarter..]);
        if (rising < 3 || last < rise / 12)
        {
            return Sum(gains[^(parts / 2)..]) < rise / 3 ? ClimbState.Flattening : ClimbState.TooEarly;
        }

        // Two steps to new levels are no climb, however far apart.
        (double most, double next, int standing, int longest) = (0, 0, 0, 0);
        foreach (double gain in gains)
        {
            next = Math.Max(next, Math.Min(most, gain));
            most = Math.Max(most, gain);
            standing = gain < rise / 40 ? standing + 1 : 0;
            longest = Math.Max(longest, standing);
        }

        if ((parts == Eighths ? most + next : most) > rise * 0.65 || longest * 8 >= parts * 3)
        {
            return ClimbState.Flat;
        }

        return IsSlowing(gains, noise) ? ClimbState.Flattening : ClimbState.Climbing;
    }

    /// <summary>Whether the second half gains less than the first, by more than chance moves its parts.</summary>
    private static bool IsSlowing(ReadOnlySpan<double> gains, double noise)
    {
        int half = gains.Length / 2;
        double first = Sum(gains[..half]);
        double second = Sum(gains[half..]);
        if (second > first * 0.86)
        {
            return false;
        }

        double squares = 0;
        for (int i = 0; i < gains.Length; i++)
        {
            double mean = (i < half ? first : second) / half;
            squares += (gains[i] - mean) * (gains[i] - mean);
        }

        // Within the halves only: what the halves differ by is what is asked. The ends of the halves are noisy by themselves.
        double chance = Math.Sqrt((squares / (gains.Length - 2) * 2 * half) + (noise * noise));
        return second < first / 2 || first - second > 1.8 * chance;
    }

    private static double At(ReadOnlySpan<double> floors, int part, int parts)
    {
        double at = (double)part * (floors.Length - 1) / parts;
        int before = Math.Min((int)at, floors.Length - 2);
        return floors[before] + ((at - before) * (floors[before + 1] - floors[before]));
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum;
    }
}
