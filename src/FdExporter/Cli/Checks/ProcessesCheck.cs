using FdExporter.Model;
using FdExporter.Scanning;

namespace FdExporter.Cli.Checks;

/// <summary>The collector <c>process</c>: how much of the processes may be seen.</summary>
internal static class ProcessesCheck
{
    private const string Check = "processes";

    /// <summary>(uid_t)-1, which nobody can be. Source: setresuid(2).</summary>
    private const uint NoUser = uint.MaxValue;

    internal static CheckItem? Look(CheckedHost host)
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

        // In a user namespace other users' processes may bear the number of our own.
        int ofOthers = BlindnessReport.CountUnseen(table, host.Privileges.IsConfined ? NoUser : host.Privileges.Uid);
        int uncheckedTables = table.CountOfUncheckedTables(amongVisible: true);
        int ofAnybody = BlindnessReport.CountUnseen(table, NoUser);
        (CheckStatus status, string advice) = full + countOnly + none == 0 ? (CheckStatus.Blind, "There is no process below --path.procfs.")
            : ofOthers > 0 && !host.Privileges.SeesOthers ? (CheckStatus.Blind, host.Privileges.Advice)
            : uncheckedTables > 0 ? (CheckStatus.Blind, FdTableAdvice.Text)
            : ofAnybody > 0 ? (CheckStatus.Note, "What is still refused (a sandboxed pid 1, say) cannot be granted.")
            : (CheckStatus.Ok, "");
        return new CheckItem(Check, status, FormattableString.Invariant($"{full} full, {countOnly} count_only, {none} none") + Unchecked(uncheckedTables))
        {
            Advice = advice,
            Facts = { ["full"] = full, ["count_only"] = countOnly, ["none"] = none, ["unchecked_thread_tables"] = uncheckedTables },
        };
    }

    private static string Unchecked(int tables) => tables == 0 ? "" : FormattableString.Invariant($"; threads not compared in {tables}");
}
