using FdExporter.Linux.Procfs;

namespace FdExporter.Cli.Checks;

/// <summary>
/// Whether the procfs shows the machine or a container, as far as can be told: the machine has kernel threads, pid 2 first.
/// </summary>
internal static class PidNamespaceCheck
{
    private const string Check = "pid_namespace";

    internal static CheckItem? Look(CheckedHost host)
    {
        if (host.Root is not { } root)
        {
            return null;
        }

        Span<byte> buffer = stackalloc byte[1024];
        bool seesFirst = ProcessStat.TryRead(root, 1, buffer, out _) == ReadStatus.Ok;
        bool seesSecond = ProcessStat.TryRead(root, 2, buffer, out ProcessStat second) == ReadStatus.Ok;
        bool hasKernelThread = seesSecond && second.IsKernelThread;
        return (hasKernelThread, seesFirst || seesSecond) switch
        {
            (true, _) => Item(CheckStatus.Ok, "the host's", true),
            (false, true) => Item(CheckStatus.Note, "not the host's, it seems: pid 2 is no kernel thread", false),
            _ => Item(CheckStatus.Note, "cannot be told: pid 1 and 2 cannot be seen", null),
        };
    }

    private static CheckItem Item(CheckStatus status, string found, bool? isHost) => new(Check, status, found)
    {
        Advice = isHost == false
            ? "Only this namespace's processes are seen. To see the machine's from a container: --pid=host "
                + "(Kubernetes: hostPID: true), or mount the host's /proc and give it with --path.procfs."
            : "",
        Facts = { ["is_host"] = isHost },
    };
}
