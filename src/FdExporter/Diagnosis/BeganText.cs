using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>When a number began to rise, against the start of the process and the age of its program file, in one sentence.</summary>
internal static class BeganText
{
    private static readonly TimeSpan s_floor = TimeSpan.FromMinutes(HistorySeries.MinutesPerFloor);

    /// <param name="ago">How long ago it began.</param>
    /// <param name="program">Null if unknown.</param>
    // It began about 5 h ago, 3 min after the process started; its program file appserver was put there 1 min before that start.
    internal static string Of(TimeSpan ago, DateTimeOffset now, DateTimeOffset started, RunningProgram? program)
    {
        TimeSpan after = now - started - ago;
        TimeSpan accuracy = ago < TimeSpan.FromMinutes(HistorySeries.Length) ? TimeSpan.FromMinutes(2) : s_floor;
        string when = after < -accuracy ? $"before the process started {HumanText.Duration(now - started)} ago: a restart has not ended it"
            : after <= accuracy ? "soon after the process started"
            : $"{HumanText.Duration(after)} after the process started";
        return $"It began {AboutText(ago)} ago, {when}{FileText(program, started)}.";
    }

    /// <summary>To ten minutes up to ten hours: two findings about one leak must not seem to have two beginnings.</summary>
    private static string AboutText(TimeSpan ago)
        => ago >= TimeSpan.FromHours(1) && ago < TimeSpan.FromHours(10) && s_floor * Math.Round(ago / s_floor) is var rounded && rounded.Minutes > 0
            ? $"about {HumanText.Duration(rounded)}"
            : HumanText.About(ago);

    private static string FileText(RunningProgram? program, DateTimeOffset started)
        => program is null or { Name.Length: 0 } ? ""
            : program.IsReplaced ? $"; its program file {program.Name} was deleted or replaced since"
            : program.PlacedAt is { } placed && placed <= started ? $"; its program file {program.Name} was put there {HumanText.Duration(started - placed)} before that start"
            : "";
}
