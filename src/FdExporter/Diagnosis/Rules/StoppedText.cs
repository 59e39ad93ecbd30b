using FdExporter.Diagnosis.Wording;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Rules;

/// <summary>Text and advice for a process that is stopped.</summary>
internal static class StoppedText
{
    internal static CloseWaitBlame Of(ProcessRun run, in ProcessSample process) => CloseWaitBlame.OfItself($"but pid\u00a0{HumanText.Pid(process.Id)} {Is(run)} and cannot react", AdviceOf(run, in process));

    /// <summary><c>is stopped</c>, <c>is stopped by a debugger (gdb, pid 55)</c>, <c>is frozen with its control group</c>.</summary>
    internal static string Is(ProcessRun run) => run.State switch
    {
        RunState.Traced => "is stopped by a debugger" + (run.Tracer == 0 ? "" : $" ({(run.TracerName.Length == 0 ? "" : run.TracerName + ", ")}{FormattableString.Invariant($"pid\u00a0{run.Tracer}")})"),
        RunState.Frozen => "is frozen with its control group",
        _ => "is stopped",
    };

    internal static string AdviceOf(ProcessRun run, in ProcessSample process) => run.State switch
    {
        RunState.Traced => "Continue it in the debugger, or detach the debugger.",
        RunState.Frozen => $"Find out who froze it and why. Then thaw it: {ThawOf(run, process.Facts.Owner)}.",
        _ => $"Find out who stopped it and why (SIGSTOP, Ctrl-Z). Then continue it: kill -CONT {HumanText.Pid(process.Id)}.",
    };

    private static string ThawOf(ProcessRun run, CgroupOwner owner)
    {
        string byFile = run.FreezeFile.Length == 0 ? "its control group, or a parent group"
            : $"echo {(run.FreezeFile.EndsWith(".state", StringComparison.Ordinal) ? "THAWED" : "0")} > {Quoted("/sys/fs/cgroup" + run.FreezeFile)}, or the same for a parent group";

        // A name with a slash is a group below a unit of the system; docker and systemctl do not know it.
        return IsSystems(owner.Container) ? $"docker unpause {owner.Container}, or {byFile}"
            : IsSystems(owner.Unit) ? $"systemctl thaw {Quoted(owner.Unit)}, or {byFile}"
            : byFile;
    }

    private static bool IsSystems(string name) => name.Length > 0 && !name.Contains('/', StringComparison.Ordinal);

    /// <summary>Quoted for a shell: the name of a control group may contain shell commands.</summary>
    private static string Quoted(string text)
        => text.All(static c => char.IsAsciiLetterOrDigit(c) || "/._-@:".Contains(c, StringComparison.Ordinal)) ? text : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
