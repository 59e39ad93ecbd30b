namespace FdExporter.Diagnosis.History;

/// <summary>How a number has climbed. Verdict, evidence, page, API and alerting rules share this judgement.</summary>
/// <param name="Over">The window of the climb; zero where it does not climb.</param>
/// <param name="Rise">The rise in that window.</param>
/// <param name="PerHour">The rate of the last two thirds of the window, whose floors are complete.</param>
internal readonly record struct Climb(TimeSpan Over, double Rise, double PerHour)
{
    /// <summary>
    /// A climb is possible when it has taken a sixth of the room left, and proven at a quarter. Before that its shape is not clear, and
    /// there is enough time: a garbage collector may close descriptors only after hours.
    /// </summary>
    private const double MostRoomOfPossible = 6;

    private const double MostRoomOfProven = 3;

    /// <summary>The shortest window with its floors. No climb is reported earlier, since a start may take an hour.</summary>
    internal static readonly TimeSpan ShortestWindow = TimeSpan.FromHours(2);

    /// <summary>Twice the longest time between garbage collections observed, four hours.</summary>
    private static readonly TimeSpan s_leastOfProven = TimeSpan.FromMinutes(510);

    /// <summary>After this time a climb is a leak, even if the limit is far.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1260);

    internal bool IsClimbing => Over > TimeSpan.Zero;

    /// <summary>Whether it has lasted longer than numbers that fall again.</summary>
    internal bool IsLong => Over >= s_leastOfProven;

    /// <summary>How certain it is that this is a leak.</summary>
    /// <param name="room">What is left up to the limit; null where there is no limit.</param>
    internal Certainty CertaintyFor(double? room)
        => !IsClimbing ? Certainty.None
            : Over >= s_longest || (IsLong && room <= MostRoomOfProven * Rise) ? Certainty.Proven
            : room <= MostRoomOfPossible * Rise ? Certainty.Possible
            : Certainty.None;

    /// <summary>Time to rise by this much at the pace of the climb.</summary>
    internal TimeSpan? TimeFor(double more) => !IsClimbing || more < 0 ? null : TimeSpan.FromHours(Math.Min(more / PerHour, 24 * 36500));
}
