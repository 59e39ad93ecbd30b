using FdExporter.Diagnosis.Findings;
using FdExporter.Diagnosis.History;
using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>When a process reaches its limit of descriptors at the pace of its own growth.</summary>
internal readonly record struct Forecast(ulong Limit, TimeSpan Left)
{
    /// <summary>Null where it does not grow, or the growth is not certain.</summary>
    internal static Forecast? Of(VerdictInput input, in ProcessSample process)
        => process.Facts.Limits is { Soft: { } soft } && input.GrowthOf(HistoryKey.ProcessFds(process.Id))?.TimeToLimitOf(in process) is { } left
            ? new Forecast(soft, left)
            : null;

    /// <summary><c>; the limit of 65 536 is reached in about 12 days</c>, or nothing.</summary>
    internal static string TextOf(Forecast? forecast)
        => forecast is { } known ? $"; the limit of {HumanText.Number(known.Limit)} is reached in {HumanText.About(known.Left)}" : "";
}
