using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>How fast a number grows, by the median of the slopes between its floors (Theil-Sen), which bursts do not move.</summary>
/// <param name="PerHour">Of the last three hours at most. Negative where it falls.</param>
/// <param name="Over">The time that this was watched for.</param>
/// <param name="Climb">Whether it is a climb: see <see cref="ClimbJudge"/>.</param>
internal readonly record struct Growth(double PerHour, TimeSpan Over, Climb Climb)
{
    /// <summary>Whether it falls by more than half again and again, as what a collector of garbage closes does.</summary>
    internal bool FallsAgain { get; init; }

    private static readonly TimeSpan s_leastForForecast = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Until a limit is reached, if it goes on; null where that cannot be told: of a climb that may yet fall again, and of
    /// less than half an hour. From 80 % of the limit on the pace of the last hours will do, for then it may be too late.
    /// </summary>
    internal TimeSpan? TimeTo(double limit, double now)
        => now >= limit ? null
            : Climb.CertaintyFor(limit - now) == Certainty.Proven ? Climb.TimeFor(limit - now)
            : now >= limit * 0.8 && PerHour >= 1 && Over >= s_leastForForecast
                ? TimeSpan.FromHours((limit - now) / PerHour)
            : null;

    /// <summary>Likewise until the soft limit of this process; null also where there is none, or more is open already.</summary>
    internal TimeSpan? TimeToLimitOf(in ProcessSample process)
        => process is { RoomToLimit: { } room, Facts.Limits.Soft: { } soft } ? TimeTo(soft, soft - room) : null;
}
