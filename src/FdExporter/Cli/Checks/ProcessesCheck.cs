using FdExporter.Model;

namespace FdExporter.Cli.Checks;

/// <summary>The collector <c>process</c>: how many processes it can read.</summary>
internal static class ProcessesCheck
{
    private const string Check = "processes";

    internal static CheckItem? Run(CheckedHost host)
    {
        if (host.Snapshot is not { } snapshot)
        {
            return null;
        }

        if (snapshot.Processes is not { } table)
        {
            return host.Missing(Check, Collectors.Process);
        }

        int full = table.CountOf(ProcessVisibility.Full);
        int countOnly = table.CountOf(ProcessVisibility.CountOnly);
        int none = table.CountOf(ProcessVisibility.None);
        int uncheckedTables = table.CountOfUncheckedTables(amongVisible: true);
        Coverage coverage = host.Coverage;
        bool isBlind = !coverage.Rights.SeesOthers && (table.CountDenied(coverage.Rights.OwnUid) > 0 || snapshot.HidesProcesses);
        (CheckStatus status, string advice) = full + countOnly + none == 0 ? (CheckStatus.Blind, "No process found under --path.procfs.")
            : isBlind ? (CheckStatus.Blind, coverage.Advice)
            : uncheckedTables > 0 ? (CheckStatus.Blind, FdTableAdvice.Text)
            : countOnly + none > 0 ? (CheckStatus.Note, coverage.Advice)
            : (CheckStatus.Ok, "");
        return new CheckItem(Check, status, FormattableString.Invariant($"{full} full, {countOnly} count_only, {none} none") + Unchecked(uncheckedTables))
        {
            Advice = advice,
            Facts = { ["full"] = full, ["count_only"] = countOnly, ["none"] = none, ["unchecked_thread_tables"] = uncheckedTables },
        };
    }

    private static string Unchecked(int tables) => tables == 0 ? "" : FormattableString.Invariant($"; threads not compared in {tables}");
}
