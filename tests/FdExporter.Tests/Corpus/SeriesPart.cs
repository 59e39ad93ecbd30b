namespace FdExporter.Tests.Corpus;

/// <summary>The parts that a labelled series is the sum of; tests/growth/README.md describes each.</summary>
internal static class SeriesPart
{
    private const double Day = 1440;

    internal static void Add(string part, double[] of, Random random, double[] sum, int restart)
    {
        double state = 0;
        double next = of.Length > 1 ? of[1] : 0;
        double height = of[0];
        double from = 0;
        double end = next * (0.9 + (random.NextDouble() * 0.2));
        for (int now = 0; now < sum.Length; now++)
        {
            int minute = now % restart;
            switch (part)
            {
                case "level":
                    state = of[0];
                    break;
                case "leak":
                    state = Math.Max(0, minute - At(of, 1)) * of[0] / 60;
                    break;
                case "loadleak":
                    state += of[0] / 60 * (1 + (0.5 * Math.Sin(now / Day * 2 * Math.PI)));
                    break;
                case "batch":
                    state = Math.Floor(minute / of[1]) * of[0];
                    break;
                case "randombatch":
                    state += random.NextDouble() < 1 / of[1] ? of[0] : 0;
                    break;
                case "noise":
                    state = Normal(random) * of[0];
                    break;
                case "wander":
                    state = (state * (1 - (1 / of[1]))) + (Normal(random) * of[0] * Math.Sqrt(2 / of[1]));
                    break;
                case "teeth":
                    if (now >= end)
                    {
                        // A collection frees nearly all, at nearly regular intervals.
                        from = now;
                        end = now + (of[1] * (0.9 + (random.NextDouble() * 0.2)));
                        height = of[0] * (1 - (At(of, 2) * random.NextDouble()));
                    }

                    state = height * (0.02 + (0.98 * (now - from) / of[1]));
                    break;
                case "warmup":
                    state = of[0] * (1 - Math.Exp(-Math.Max(0, minute - At(of, 2)) / of[1]));
                    break;
                case "ramp":
                    state = of[0] * Math.Min(1, minute / of[1]);
                    break;
                case "step":
                    state = minute >= of[1] ? of[0] : 0;
                    break;
                case "job":
                    // It starts at the same minute of each day, and rises while it runs.
                    double runs = (now % Day) - of[1];
                    state = runs >= 0 && runs < of[2] ? of[0] * (0.2 + (0.8 * runs / of[2])) : 0;
                    break;
                case "daily":
                    state = of[0] * (1 - Math.Cos(now / Day * 2 * Math.PI)) / 2;
                    break;
                case "restart":
                    break;
                default:
                    throw new InvalidOperationException($"unknown part of a series: {part}");
            }

            sum[now] += state;
        }
    }

    private static double At(double[] of, int index) => index < of.Length ? of[index] : 0;

    private static double Normal(Random random)
        => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
