using System.Globalization;
using FdExporter.Model;

namespace FdExporter.Diagnosis;

/// <summary>Numbers as people read them: <c>16 240</c>, <c>61 %</c>, <c>6 h 2 min</c>. No line is broken inside of a number.</summary>
internal static class Words
{
    private static readonly NumberFormatInfo s_spaced = new() { NumberGroupSeparator = "\u00a0", NumberGroupSizes = [3] };

    internal static string Number(long number) => number.ToString("#,0", s_spaced);

    internal static string Number(ulong number) => number.ToString("#,0", s_spaced);

    /// <summary>Rounded down, so that what is not full does not read as full.</summary>
    internal static string Percent(double ratio)
        => double.IsPositiveInfinity(ratio) ? "more than 100\u00a0%" : $"{Math.Floor(ratio * 100).ToString("#,0", s_spaced)}\u00a0%";

    /// <summary>The two largest units, rounded down: an age is never longer than the truth.</summary>
    internal static string Duration(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => FormattableString.Invariant($"{time.Days}\u00a0d {time.Hours}\u00a0h"),
        { TotalHours: >= 1 } => FormattableString.Invariant($"{time.Hours}\u00a0h {time.Minutes}\u00a0min"),
        { TotalMinutes: >= 1 } => FormattableString.Invariant($"{time.Minutes}\u00a0min"),
        _ => FormattableString.Invariant($"{time.Seconds}\u00a0s"),
    };

    internal static string Limit(ulong? limit) => limit is { } number ? Number(number) : "unlimited";

    /// <summary><c>pid 11342, unit payment.service</c>: what an engineer needs to find it.</summary>
    internal static string WhoIs(in ProcessSample process)
    {
        CgroupOwner owner = process.Facts.Owner;
        string where = owner.Pod.Length > 0 ? $", pod {owner.Pod}"
            : owner.Container.Length > 0 ? $", container {owner.Container}"
            : owner.Unit.Length > 0 ? $", unit {owner.Unit}"
            : "";
        return FormattableString.Invariant($"pid {process.Id.Pid}{where}");
    }
}
