namespace FdExporter.Diagnosis;

/// <summary>How fast a number grows, by the median of the slopes between its floors (Theil-Sen), which bursts do not move.</summary>
/// <param name="PerHour">Negative where it falls.</param>
/// <param name="Over">The time that it was watched for.</param>
/// <param name="IsSteady">
/// Whether the floor rose in each third of at least half an hour, so that it is a climb: a step, a start-up, a pool that
/// fills once raises it in one third only.
/// </param>
internal readonly record struct Growth(double PerHour, TimeSpan Over, bool IsSteady)
{
    /// <summary>Until this much more is reached; null where it does not grow by one an hour at least.</summary>
    internal TimeSpan? TimeFor(double more) => PerHour < 1 || more < 0 ? null : TimeSpan.FromHours(Math.Min(more / PerHour, 24 * 36500));
}
