using FdExporter.Linux.Procfs;

namespace FdExporter.Cli.Checks;

/// <summary>
/// Whether the procfs shows the machine, or a container or guest with a pid namespace of its own; and whether the exporter is in
/// the namespace that it shows.
/// </summary>
internal static class PidNamespaceCheck
{
    private const string Check = "pid_namespace";

    private const string OfAContainer =
        "Only processes of this namespace are visible, and the machine's file handles are not attributed to them. To see all processes "
        + "from a container: --pid=host (Kubernetes: hostPID: true), or mount the host's /proc and set --path.procfs to it.";

    private const string NotOurs =
        "For the exporter's system calls the pids of this procfs belong to other processes, so it compares and duplicates no descriptors (kcmp, "
        + "pidfd_getfd). It cannot tell for certain which descriptors share one file, may miss descriptor tables of single threads, and does not "
        + "find network namespaces known only by a socket. To see these too: --pid=host (Kubernetes: hostPID: true).";

    internal static CheckItem? Run(CheckedHost host)
    {
        if (host.Snapshot is null)
        {
            return null;
        }

        bool isOurs = host.Root is not { IsKernel: true } root || PidNamespace.IsOwn(root);
        (CheckStatus status, string found, string advice) = host.Coverage.IsWholeMachine switch
        {
            true => (CheckStatus.Ok, "the host's", ""),
            false => (CheckStatus.Note, "that of a container or guest, not the host's", OfAContainer),
            null => (CheckStatus.Note, "unknown: pid 1 and 2 are not visible", ""),
        };
        return new CheckItem(Check, isOurs ? status : CheckStatus.Note, isOurs ? found : found + "; the exporter runs in another one")
        {
            Advice = isOurs ? advice : advice.Length > 0 ? advice + "\n" + NotOurs : NotOurs,
            Facts = { ["is_host"] = host.Coverage.IsWholeMachine },
        };
    }
}
