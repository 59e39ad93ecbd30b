namespace FdExporter.Diagnosis.Wording;

/// <summary>What came and went between two lists of a process's descriptors, in one sentence.</summary>
internal static class ChangeText
{
    /// <summary>Fewer may be chance.</summary>
    private const long Few = 10;

    /// <summary>Up to this share of difference as many were opened as closed.</summary>
    private const double Even = 0.1;

    /// <param name="main">The kind that changed most; its name is null where nothing changed.</param>
    /// <param name="growth">Change of the number of descriptors.</param>
    /// <param name="opened">Null where only numbers are known, not which.</param>
    /// <param name="closed">The same.</param>
    // 312 new, all connections to 10.0.0.7:5432, none closed: this is a leak, unless the program is still starting.
    internal static string Of((long Growth, long? New, string? What) main, long growth, long? opened, long? closed)
    {
        if (opened is not { } added || closed is not { } gone)
        {
            return $"{Signed(growth)} descriptors{(main.What is null || main.Growth == 0 ? "" : $", {Signed(main.Growth)} {main.What}")}. A list has not all descriptors, so what was closed is not known.";
        }

        if (added == 0 && gone == 0)
        {
            return "No descriptor came or went.";
        }

        string came = added == 0 ? "None new" : $"{HumanText.Number(added)} new{Kind(main, added)}";
        string went = gone == 0 ? "none closed" : $"{HumanText.Number(gone)} closed";
        return $"{came}, {went}{Meaning(added, gone)}.";
    }

    private static string Meaning(long added, long gone) => (added, gone) switch
    {
        _ when Math.Max(added, gone) < Few => ": too few to tell",
        (_, 0) => ": this is a leak, unless the program is still starting",
        _ when Math.Abs(added - gone) <= Even * Math.Max(added, gone) => ", about as many: a pool or load, no leak",
        _ when added > gone => ", more opened than closed: a leak, or load that rises",
        _ => ", more closed than opened: no leak",
    };

    private static string Kind((long Growth, long? New, string? What) main, long added)
        => main is not { What: { } what, New: { } most } ? ""
            : most == added ? $", all {what}"
            : most * 2 > added ? $", most of them {what} ({HumanText.Number(most)})"
            : ", of several kinds";

    private static string Signed(long number) => number < 0 ? $"-{HumanText.Number(-number)}" : $"+{HumanText.Number(number)}";
}
