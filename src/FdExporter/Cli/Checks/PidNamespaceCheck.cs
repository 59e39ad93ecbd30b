
namespace FdExporter.Cli.Checks;

/// <summary>Whether the procfs shows the machine, or a container or guest with a pid namespace of its own.</summary>
internal static class PidNamespaceCheck
{
    private const string Check = "pid_namespace";

    internal static CheckItem? Run(CheckedHost host) => host.Snapshot is null ? null : host.Coverage.IsWholeMachine switch
    {
        true => Item(CheckStatus.Ok, "the host's", true),
        false => Item(CheckStatus.Note, "that of a container or guest, not the host's", false),
        null => Item(CheckStatus.Note, "cannot be told: pid 1 and 2 cannot be seen", null),
    };

    private static CheckItem Item(CheckStatus status, string found, bool? isHost) => new(Check, status, found)
    {
        Advice = isHost == false
            ? "Only this namespace's processes are seen, and none is said to hold the machine's file handles. To see the machine's "
                + "from a container: --pid=host (Kubernetes: hostPID: true), or mount the host's /proc and give it with --path.procfs."
            : "",
        Facts = { ["is_host"] = isHost },
    };
}
