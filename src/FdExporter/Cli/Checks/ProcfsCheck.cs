using System.Text;
using FdExporter.Linux.Procfs;

namespace FdExporter.Cli.Checks;

/// <summary>The procfs that is read, and what its mount options hide.</summary>
internal static class ProcfsCheck
{
    private const string Check = "procfs";

    internal static CheckItem Run(CheckedHost host)
    {
        string path = host.Options.ProcFsRoot;
        if (host.Root is not { } root)
        {
            return new CheckItem(Check, CheckStatus.Fail, host.RootProblem)
            {
                Advice = "Set --path.procfs to the procfs mountpoint.",
                Facts = { ["path"] = path },
            };
        }

        if (!root.IsKernel)
        {
            return new CheckItem(Check, CheckStatus.Note, $"{path} is not a procfs but a directory of files")
            {
                Advice = "To read a machine, set --path.procfs to its procfs mountpoint.",
                Facts = { ["path"] = path, ["is_procfs"] = false },
            };
        }

        byte[] buffer = new byte[16 * 1024];
        bool isKnown = TryReadMount(host, root, ref buffer, out Mountinfo mount);
        string hidepid = !isKnown ? "" : mount.TryGetOption("hidepid"u8, out ReadOnlySpan<byte> value) ? Encoding.ASCII.GetString(value) : "off";
        bool hasOnlyPids = isKnown && mount.TryGetOption("subset"u8, out ReadOnlySpan<byte> subset) && subset.SequenceEqual("pid"u8);
        (CheckStatus status, string found, string advice) = (hasOnlyPids, IsVisible(root, 1), IsOff(hidepid)) switch
        {
            (true, _, _) => (
                CheckStatus.Blind,
                $"{path} is mounted with subset=pid: file handles and limits of the machine cannot be read",
                "Mount procfs without subset=pid, or set --path.procfs to another mount."),
            (_, false, _) when !host.ReadsProcesses => (CheckStatus.Ok, $"{path} hides other users' processes, which no collector reads", ""),
            (_, false, true) => (CheckStatus.Blind, $"{path} does not show pid 1", host.Coverage.Advice),
            (_, false, false) => (CheckStatus.Blind, $"{path} hides other users' processes{By(hidepid)}", host.Coverage.Advice),
            (_, true, true) => (CheckStatus.Ok, $"{path}, all processes visible", ""),
            (_, true, false) => (CheckStatus.Ok, $"{path}, all processes visible to this user{By(hidepid)}", ""),
        };
        return new CheckItem(Check, status, found)
        {
            Advice = advice,
            Facts =
            {
                ["path"] = path,
                ["is_procfs"] = true,
                ["hidepid"] = isKnown ? hidepid : null,
                ["subset_pid"] = isKnown ? hasOnlyPids : null,
            },
        };
    }

    /// <summary>Whether a process is visible. With hidepid that requires CAP_SYS_PTRACE, the same user, or the group of gid=.</summary>
    private static bool IsVisible(ProcFs root, int pid)
    {
        Span<byte> buffer = stackalloc byte[1024];
        return ProcessStat.TryRead(root, pid, buffer, out _) == ReadStatus.Ok;
    }

    private static string By(string hidepid) => hidepid.Length > 0 ? $" (hidepid={hidepid})" : "";

    // Older kernels write numbers, newer ones words.
    private static bool IsOff(string hidepid) => hidepid is "off" or "0";

    private static bool TryReadMount(CheckedHost host, ProcFs root, ref byte[] buffer, out Mountinfo mount)
    {
        mount = default;
        return host.Own is { } own
            && FdInfo.TryRead(own, root.RootFd, out ulong id) == ReadStatus.Ok
            && Mountinfo.TryRead(own, id, ref buffer, out mount) == ReadStatus.Ok
            && mount.FileSystem.SequenceEqual("proc"u8);
    }
}
