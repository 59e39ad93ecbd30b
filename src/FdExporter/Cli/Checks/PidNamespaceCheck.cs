
namespace FdExporter.Cli.Checks;

/// <summary>Whether the procfs shows the machine, or a container or guest with a pid namespace of its own.</summary>
internal static class PidNamespaceCheck
{
    private const string Check = "pid_namespace";

    internal static CheckItem? Run(CheckedHost host) => host.Snapshot is null ? null : host.Coverage.IsWholeMachine switch
    {
        true => Item(CheckStatus.Ok, "the host's", true),
        false => Item(CheckStatus.Note, "that of a container or guest, not the host's", false),
        null => Item(CheckStatus.Note, "unknown: pid 1 and 2 are not visible", null),
    };

    private static CheckItem Item(CheckStatus status, string found, bool? isHost) => new(Check, status, found)
    {
        Advice = isHost == false
            ? "Only processes of this namespace are visible, and the machine's file handles are not attributed to them. To see all processes "
                + "from a container: --pid=host (Kubernetes: hostPID: true), or mount the host's /proc and set --path.procfs to it."
            : "",
        Facts = { ["is_host"] = isHost },
    };
}
