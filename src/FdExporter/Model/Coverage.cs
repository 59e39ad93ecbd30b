namespace FdExporter.Model;

/// <summary>
/// How much of the machine's processes the exporter can see, why not more, and what would help. The one source for verdict, log,
/// metrics and check.
/// </summary>
/// <param name="IsWholeMachine">
/// Whether the procfs is that of the machine's pid namespace, and not of a container or guest; null where it cannot be told.
/// </param>
/// <param name="ShowsFirst">Whether the procfs shows pid 1, which each namespace has: under hidepid=2 it does not.</param>
internal sealed record Coverage(ExporterRights Rights, bool? IsWholeMachine, bool ShowsFirst)
{
    internal static readonly Coverage Full = new(ExporterRights.All, IsWholeMachine: true, ShowsFirst: true);

    private const string RefusedToAll = "Access that is still denied cannot be granted: sandboxed processes deny it to root too, and so does a "
        + "security module (AppArmor, SELinux) that confines the exporter.";

    /// <summary>
    /// Whether there are processes of which not even the descriptors can be counted, for want of a right: under hidepid, and before
    /// Linux 6.2 where their descriptors cannot be listed.
    /// </summary>
    internal bool HidesProcesses(ProcessTable table)
        => !Rights.SeesOthers && (!ShowsFirst || table.CountOf(ProcessVisibility.None) > table.Malformed);

    /// <summary><see cref="Advice"/> where there is one line for it.</summary>
    internal string AdviceInOneLine => Advice.Replace('\n', ' ');

    /// <summary>What would make visible what is hidden now; the same words everywhere. What is held is never advised.</summary>
    internal string Advice => Rights switch
    {
        // In a guest with users and processes of its own its capabilities do count.
        { IsConfined: true } when IsWholeMachine != false || Rights.Missing.Length == 0 =>
            "Run the exporter outside of a user namespace (no rootless container): capabilities held inside of one count for nothing outside.",
        { Missing: { Length: > 0 } missing } =>
            $"Grant {missing.Replace(" ", " and ", StringComparison.Ordinal)}{(missing.Contains(' ', StringComparison.Ordinal) ? "" : " too (both are required)")}: "
                + $"this shows owners of sockets and types of descriptors of other users' processes, also under hidepid.\n"
                + $"systemd: AmbientCapabilities={missing}",
        { IsKnown: false } => "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH are required; whether the exporter has them cannot be read.",
        _ => RefusedToAll,
    };
}
