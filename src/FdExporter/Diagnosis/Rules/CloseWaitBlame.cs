using FdExporter.Diagnosis.Findings;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Why sockets are stuck: because of the program itself, because it was stopped, or because it waits for another program.</summary>
/// <param name="Before">A sentence before the others, with a blank after it; may be empty.</param>
/// <param name="Why">Why they are stuck.</param>
/// <param name="After">A sentence after the others, with a blank before it; may be empty.</param>
internal sealed record CloseWaitBlame(string Before, string Why, string After, string Advice)
{
    internal static CloseWaitBlame OfItself(string why, string advice) => new("", why, "", advice);

    /// <param name="why">Used where no other program is the reason, as <paramref name="advice"/>.</param>
    internal static CloseWaitBlame Of(VerdictInput input, CloseWaitSum sum, string why, string advice)
    {
        if (sum.LargestHolder is { } largest
            && input.Host.Snapshot is { Processes: { } table, Ownership.Stopped: { IsEmpty: false } stopped }
            && stopped.FirstOrDefault(each => each.Process == largest.Process) is { Run: { } run })
        {
            return StoppedText.Of(run, in table.Processes.ItemRef(largest.Process));
        }

        return CloseWaitWaits.Of(input, sum, why, advice) ?? OfItself(why, advice);
    }
}
