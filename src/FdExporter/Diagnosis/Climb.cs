namespace FdExporter.Diagnosis;

/// <summary>How a number has moved, in the judgement that verdict, evidence, page and API share.</summary>
/// <param name="PerHour">Of the climb as a whole; 0 where there is none.</param>
/// <param name="Over">How long it has climbed.</param>
/// <param name="Rise">By how much.</param>
/// <param name="IsProven">Whether it has lasted longer than what falls again, or several falls have left more each time.</param>
internal readonly record struct Climb(ClimbState State, double PerHour = 0, TimeSpan Over = default, double Rise = 0, bool IsProven = false)
{
    /// <summary>Somewhat less than a quarter: the rest is for what it takes to see that it began.</summary>
    private const double PatiencePart = 0.2;

    /// <summary>Nothing is said of a climb before this: starts take up to an hour.</summary>
    internal static readonly TimeSpan LeastPatience = TimeSpan.FromMinutes(100);

    private static readonly TimeSpan s_mostPatience = TimeSpan.FromHours(20);

    /// <summary>
    /// How sure it is that this is a leak. A climb is given a part of its time to the limit to turn out as something else:
    /// a slow one harms nobody for a day, and the fall of a garbage collector may come after hours.
    /// </summary>
    /// <param name="room">How much more the limit allows; null where there is none.</param>
    internal Certainty CertaintyFor(double? room)
    {
        if (State != ClimbState.Climbing || PerHour <= 0)
        {
            return Certainty.None;
        }

        double hours = room is { } more ? Over.TotalHours + (Math.Max(0, more) / PerHour) : double.PositiveInfinity;
        double patience = Math.Clamp(hours * PatiencePart, LeastPatience.TotalHours, s_mostPatience.TotalHours);
        return Over.TotalHours < patience ? Certainty.None : IsProven ? Certainty.Proven : Certainty.Possible;
    }

    /// <summary>Until this much more is reached at the pace of the climb.</summary>
    internal TimeSpan? TimeFor(double more)
        => State != ClimbState.Climbing || PerHour <= 0 || more < 0 ? null : TimeSpan.FromHours(Math.Min(more / PerHour, 24 * 36500));
}
