namespace FdExporter.Model;

/// <summary>
/// How many of the machine's processes the exporter can see, why not more, and what would help. The only source for verdict, log, metrics
/// and check.
/// </summary>
/// <param name="IsWholeMachine">Whether this is the procfs of the machine's pid namespace, not of a container or guest; null if unknown.</param>
/// <param name="ShowsFirst">Whether the procfs shows pid 1, which each namespace has. False under hidepid=2.</param>
internal sealed record Coverage(ExporterRights Rights, bool? IsWholeMachine, bool ShowsFirst)
{
    internal static readonly Coverage Full = new(ExporterRights.All, IsWholeMachine: true, ShowsFirst: true);

    private const string RefusedToAll = "No privilege helps here: a sandboxed process denies access even to root, and so does a "
        + "security module (AppArmor, SELinux) that confines the exporter.";

    /// <summary>
    /// Whether a missing privilege prevents even counting the descriptors of some processes: under hidepid, and before Linux 6.2 if their
    /// descriptors cannot be listed.
    /// </summary>
    internal bool HidesProcesses(ProcessTable table)
        => !Rights.SeesOthers && (!ShowsFirst || table.CountOf(ProcessVisibility.None) > table.Malformed);

    /// <summary><see cref="Advice"/> for places with a single line.</summary>
    internal string AdviceInOneLine => Advice.Replace('\n', ' ');

    /// <summary>How to make hidden processes visible; the same text everywhere. Never advises a capability that is already held.</summary>
    internal string Advice => Rights switch
    {
        // In a guest with its own users and processes its capabilities do count.
        { IsConfined: true } when IsWholeMachine != false || Rights.Missing.Length == 0 =>
            "Run the exporter outside of a user namespace (no rootless container): capabilities inside of one have no effect outside.",
        { Missing: { Length: > 0 } missing } =>
            $"Grant {missing.Replace(" ", " and ", StringComparison.Ordinal)}{(missing.Contains(' ', StringComparison.Ordinal) ? "" : " too (both are needed)")}: "
                + $"this shows owners of sockets and types of descriptors of other users' processes, also under hidepid.\n"
                + $"systemd: AmbientCapabilities={missing}",
        { IsKnown: false } => "This needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH; whether the exporter has them is unknown.",
        _ => RefusedToAll,
    };
}
