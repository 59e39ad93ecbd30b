namespace FdExporter.Diagnosis;

/// <summary>Who is to blame for stuck sockets, where it is not the program that holds them: who stopped it, or whom it waits for.</summary>
/// <param name="Before">What comes first, with its full stop and blank; empty for nothing.</param>
/// <param name="Why">Why they are stuck.</param>
/// <param name="After">What follows that, likewise.</param>
internal sealed record CloseWaitBlame(string Before, string Why, string After, string Advice)
{
    internal static CloseWaitBlame OfItself(string why, string advice) => new("", why, "", advice);

    /// <param name="why">What is said where nobody else is to blame.</param>
    /// <param name="advice">Likewise.</param>
    internal static CloseWaitBlame Of(VerdictInput input, CloseWaitSum sum, string why, string advice)
    {
        if (sum.LargestHolder is { } largest
            && input.Host.Snapshot is { Processes: { } table, Ownership.Stopped: { IsEmpty: false } stopped }
            && stopped.FirstOrDefault(each => each.Process == largest.Process) is { Run: { } run })
        {
            return StoppedWords.Of(run, in table.Processes.ItemRef(largest.Process));
        }

        return CloseWaitWaits.Of(input, sum, why, advice) ?? OfItself(why, advice);
    }
}
