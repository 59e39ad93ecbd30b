namespace FdExporter.Benchmarks.Soak;

/// <summary>The slope of a line through points with outliers, after Theil and Sen: the median of the slopes of all pairs.</summary>
internal static class Slope
{
    internal static double Of(IReadOnlyList<(double X, double Y)> points)
    {
        List<double> slopes = [];
        for (int i = 0; i < points.Count; i++)
        {
            for (int j = i + 1; j < points.Count; j++)
            {
                if (points[j].X != points[i].X)
                {
                    slopes.Add((points[j].Y - points[i].Y) / (points[j].X - points[i].X));
                }
            }
        }

        return Median(slopes);
    }

    /// <summary>0 if there are no values.</summary>
    internal static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
