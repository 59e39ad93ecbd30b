using FdExporter.Diagnosis.History;

namespace FdExporter.Web.Pages;

/// <summary>A number with its growth, and its course on demand.</summary>
internal readonly record struct Trend(Growth? Growth, HostHistory History, HistoryKey Key)
{
    internal static Trend Of(HostHistory history, HistoryKey key) => new(history.GrowthOf(key), history, key);
}
