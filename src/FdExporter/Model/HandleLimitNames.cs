namespace FdExporter.Model;

/// <summary>How the limits are called in metrics and in the log.</summary>
internal static class HandleLimitNames
{
    internal static string Of(HandleLimit limit) => limit == HandleLimit.Own ? "own" : "system";
}
