namespace FdExporter.Diagnosis;

/// <summary>How a number has climbed, in the judgement that verdict, evidence, page, API and alerting rules share.</summary>
/// <param name="Over">The window in which it was seen; zero where it does not climb.</param>
/// <param name="Rise">By how much it rose in that window.</param>
/// <param name="PerHour">By what it gained in the last two thirds, of which the floors are whole.</param>
internal readonly record struct Climb(TimeSpan Over, double Rise, double PerHour)
{
    /// <summary>
    /// A climb is spoken of when it has taken a sixth of what was left, as its shape is known by then and there is time
    /// enough; accused when it has taken a quarter. The fall of a garbage collector may come after hours.
    /// </summary>
    private const double MostRoomOfPossible = 6;

    private const double MostRoomOfProven = 3;

    /// <summary>The shortest window, and the floors around it: nothing is said of a climb before this, for starts take up to an hour.</summary>
    internal static readonly TimeSpan LeastPatience = TimeSpan.FromHours(2);

    /// <summary>Collectors of garbage have been seen to wait for four hours; this is two of theirs.</summary>
    private static readonly TimeSpan s_leastOfProven = TimeSpan.FromMinutes(510);

    /// <summary>What has climbed for so long leaks, however far its limit is.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1260);

    internal bool IsClimbing => Over > TimeSpan.Zero;

    /// <summary>Whether it has lasted longer than what falls again.</summary>
    internal bool IsLong => Over >= s_leastOfProven;

    /// <summary>How sure it is that this is a leak.</summary>
    /// <param name="room">How much more the limit allows; null where there is none.</param>
    internal Certainty CertaintyFor(double? room)
        => !IsClimbing ? Certainty.None
            : Over >= s_longest || (IsLong && room <= MostRoomOfProven * Rise) ? Certainty.Proven
            : room <= MostRoomOfPossible * Rise ? Certainty.Possible
            : Certainty.None;

    /// <summary>Until this much more is reached at the pace of the climb.</summary>
    internal TimeSpan? TimeFor(double more) => !IsClimbing || more < 0 ? null : TimeSpan.FromHours(Math.Min(more / PerHour, 24 * 36500));
}
