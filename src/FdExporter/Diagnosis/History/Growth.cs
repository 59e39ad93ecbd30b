using System.Globalization;
using FdExporter.Model;

namespace FdExporter.Diagnosis.History;

/// <summary>How fast a number grows, by the median of the slopes between its floors (Theil-Sen), which ignores bursts.</summary>
/// <param name="PerHour">In the last three hours at most, or since it rises without a pause. Negative where it falls.</param>
/// <param name="Over">That time.</param>
/// <param name="Climb">Whether it is a climb: see <see cref="ClimbJudge"/>.</param>
internal readonly record struct Growth(double PerHour, TimeSpan Over, Climb Climb)
{
    /// <summary>Whether it falls by more than half again and again, as with a garbage collector.</summary>
    internal bool FallsAgain { get; init; }

    /// <summary>Until <see cref="HistorySeries.LeastMinutes"/> have passed; the verbs scan once, so they never know it.</summary>
    internal static string NotKnown => string.Create(
        CultureInfo.InvariantCulture, $"growth is known after {HistorySeries.LeastMinutes} minutes of scrapes");

    private static readonly TimeSpan s_leastForForecast = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Time until a limit is reached at this pace; null for a climb that may fall again, and before half an hour. From 80 % of the limit on
    /// the pace of the last hours is enough, because waiting for proof may be too late.
    /// </summary>
    internal TimeSpan? TimeTo(double limit, double now)
        => now >= limit ? null
            : Climb.CertaintyFor(limit - now) == Certainty.Proven ? Climb.TimeFor(limit - now)
            : now >= limit * 0.8 && PerHour >= 1 && Over >= s_leastForForecast
                ? TimeSpan.FromHours((limit - now) / PerHour)
            : null;

    /// <summary>Likewise for the soft limit of a process; null also where there is none, or it is exceeded.</summary>
    internal TimeSpan? TimeToLimitOf(in ProcessSample process)
        => process is { RoomToLimit: { } room, Facts.Limits.Soft: { } soft } ? TimeTo(soft, soft - room) : null;
}
