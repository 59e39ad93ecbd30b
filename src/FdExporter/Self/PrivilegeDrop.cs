using System.Globalization;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Self;

/// <summary>
/// Drops every privilege that is not needed. The kernel keeps privileges per thread, and a .NET program has several threads
/// when its code starts. So the main thread drops its own and executes the program again (execve), so that all new threads
/// start without them. Without anything to drop, a program that does not wait for SIGTERM is not executed again.
/// </summary>
internal static class PrivilegeDrop
{
    /// <summary>
    /// Tells the program that it was executed again, with its former pid, capabilities and command name. The pid shows that
    /// the variable is not inherited from a parent: execve keeps it, and it is unique.
    /// </summary>
    private const string Marker = "FD_EXPORTER_STARTED_AGAIN";

    private const int MaxCommandLine = 8 * 1024 * 1024;

    /// <summary>Capabilities that let these collectors see more than an ordinary user.</summary>
    /// <param name="bindsLowPort">Whether to listen on a port below 1024.</param>
    internal static CapabilitySet NeedOf(Collectors collectors, bool bindsLowPort)
    {
        // For processes hidden by hidepid, and for descriptors one by one, also on the page of a process.
        CapabilitySet ofProcesses = CapabilitySet.SysPtrace | CapabilitySet.DacReadSearch;

        // For finding network namespaces and opening a netlink socket in each. Owners are found by the other two.
        // CAP_NET_ADMIN reveals the namespace in which a socket was created; entering it needs CAP_SYS_ADMIN.
        CapabilitySet ofTcp = CapabilitySet.SysPtrace | CapabilitySet.SysAdmin | CapabilitySet.NetAdmin;
        return (collectors.HasFlag(Collectors.Process) ? ofProcesses : default)
            | (collectors.HasFlag(Collectors.Tcp) ? ofTcp : default)
            | (bindsLowPort ? CapabilitySet.NetBindService : default);
    }

    /// <summary>All capabilities are kept.</summary>
    internal static HeldPrivileges Keep()
    {
        try
        {
            CapabilitySet held = ThreadPrivileges.ReadHeld();
            return new HeldPrivileges(null, held, held, null);
        }
        catch (KernelException exception)
        {
            return new HeldPrivileges(null, default, default, exception.Message);
        }
    }

    /// <summary>
    /// Keeps the needed capabilities, as far as they are held. Called first, while a restart costs only its time. If the
    /// kernel refuses, all are kept and the program continues; the report gives the reason.
    /// </summary>
    /// <param name="procFsRoot">Place to find the program if no procfs is mounted at /proc.</param>
    /// <param name="waitsForSignal">Whether SIGTERM has to be blocked in all threads, which also needs the restart.</param>
    internal static HeldPrivileges Apply(Collectors collectors, bool bindsLowPort, string procFsRoot, bool waitsForSignal)
    {
        CapabilitySet need = NeedOf(collectors, bindsLowPort);
        CapabilitySet before = default;
        try
        {
            CapabilitySet held = ThreadPrivileges.ReadHeld();
            need = held.Has(CapabilitySet.SysAdmin) ? need : need.Without(CapabilitySet.NetAdmin);
            bool wasStartedAgain = ReadMarker(out before, out string name);
            if (!wasStartedAgain)
            {
                before = held;
            }
            else if (name.Length > 0)
            {
                // If started through a link, the program has the link's name.
                ProgramFile.CommandName = name;
            }

            bool isDone = need.Has(held) && ThreadPrivileges.HasNoNewPrivileges;
            if (isDone && (wasStartedAgain || !waitsForSignal || TerminationSignal.IsBlocked))
            {
                return new HeldPrivileges(need, before, held, null);
            }

            string problem = wasStartedAgain ? "restored by the restart" : StartAgain(held, need, procFsRoot, waitsForSignal);
            return new HeldPrivileges(need, before, held, isDone ? null : problem);
        }
        catch (KernelException exception)
        {
            return new HeldPrivileges(need, before, before, exception.Message);
        }
    }

    /// <returns>Why it was not executed again.</returns>
    private static string StartAgain(CapabilitySet held, CapabilitySet need, string procFsRoot, bool waitsForSignal)
    {
        byte[] buffer = new byte[4096];
        if (!TryReadCommandLine(procFsRoot, ref buffer, out string link, out int length))
        {
            return $"cannot find this program's file: no procfs at /proc or {procFsRoot}";
        }

        ProgramFile program = new(link);
        string marker = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {held.Bits:x} {ProgramFile.CommandName}");
        ThreadPrivileges.Narrow(need, isBounded: !program.HasCapabilities);
        if (waitsForSignal)
        {
            TerminationSignal.Block();
        }

        KernelException refused = program.Execute(buffer.AsSpan(0, length), Marker, marker);
        TerminationSignal.Unblock();
        return $"{refused.Message}: other threads keep them";
    }

    private static bool TryReadCommandLine(string procFsRoot, ref byte[] buffer, out string link, out int length)
    {
        foreach (string root in (string[])["/proc", procFsRoot])
        {
            try
            {
                using ProcFs procFs = ProcFs.Open(root);
                if (procFs.IsKernel
                    && procFs.TryReadAll(ProcPath.Of("self/cmdline"u8), ref buffer, MaxCommandLine, out ReadOnlySpan<byte> text) == ReadStatus.Ok
                    && text.EndsWith((byte)0))
                {
                    (link, length) = ($"{root}/self/exe", text.Length);
                    return true;
                }
            }
            catch (KernelException)
            {
                // There is another root to try, or the server reports the error.
            }
        }

        (link, length) = ("", 0);
        return false;
    }

    // "4711 1fffeffffff fd-exporter"
    private static bool ReadMarker(out CapabilitySet before, out string name)
    {
        string[] parts = (Environment.GetEnvironmentVariable(Marker) ?? "").Split(' ', 3);
        name = parts[^1];
        bool isOurs = parts.Length == 3
            & ulong.TryParse(parts.ElementAtOrDefault(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits)
            && parts[0] == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        before = new CapabilitySet(bits);
        return isOurs;
    }
}
