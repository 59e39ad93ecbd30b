using System.Globalization;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Self;

/// <summary>
/// Gives up every right that nothing needs. The kernel keeps rights for each thread, and when a program of .NET begins it
/// already has several: so the first thread gives up its own and starts the program again in its place (execve), where all
/// threads are born without. With nothing to give up a program that does not wait for SIGTERM is not started again.
/// </summary>
internal static class PrivilegeDrop
{
    /// <summary>
    /// Tells the program that it was started again, and what it was: pid, capabilities, command name. The pid stays the same
    /// and is nobody else's, so that it is not taken for one that it merely got from its parent.
    /// </summary>
    private const string Marker = "FD_EXPORTER_STARTED_AGAIN";

    private const int MaxCommandLine = 8 * 1024 * 1024;

    /// <summary>What lets these collectors see more than an ordinary user does.</summary>
    /// <param name="bindsLowPort">Whether to listen on a port below 1024.</param>
    internal static CapabilitySet NeedOf(Collectors collectors, bool bindsLowPort)
    {
        // Processes that hidepid hides, and descriptors one by one, on the page of a process too.
        CapabilitySet ofProcesses = CapabilitySet.SysPtrace | CapabilitySet.DacReadSearch;

        // Which network namespaces there are, and a netlink socket in each. Owners are found by the other two. By CAP_NET_ADMIN
        // a socket tells the namespace that it was made in, which only CAP_SYS_ADMIN may enter then.
        CapabilitySet ofTcp = CapabilitySet.SysPtrace | CapabilitySet.SysAdmin | CapabilitySet.NetAdmin;
        return (collectors.HasFlag(Collectors.Process) ? ofProcesses : default)
            | (collectors.HasFlag(Collectors.Tcp) ? ofTcp : default)
            | (bindsLowPort ? CapabilitySet.NetBindService : default);
    }

    /// <summary>What is held now, and stays.</summary>
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
    /// Keeps what is needed, as far as it is held. Before anything else, while a second start costs nothing but its
    /// time. Where the kernel refuses, everything stays and the program goes on: the report says why.
    /// </summary>
    /// <param name="procFsRoot">Where the program is found when no procfs is mounted at the usual place.</param>
    /// <param name="waitsForSignal">Whether it is to have SIGTERM blocked in all threads, which takes the second start too.</param>
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
                // Started by a link, it is called by the link's name.
                ProgramFile.CommandName = name;
            }

            bool isDone = need.Has(held) && ThreadPrivileges.HasNoNewPrivileges;
            if (isDone && (wasStartedAgain || !waitsForSignal || TerminationSignal.IsBlocked))
            {
                return new HeldPrivileges(need, before, held, null);
            }

            string problem = wasStartedAgain ? "started again, it has them back" : StartAgain(held, need, procFsRoot, waitsForSignal);
            return new HeldPrivileges(need, before, held, isDone ? null : problem);
        }
        catch (KernelException exception)
        {
            return new HeldPrivileges(need, before, before, exception.Message);
        }
    }

    /// <returns>Why it was not started again.</returns>
    private static string StartAgain(CapabilitySet held, CapabilitySet need, string procFsRoot, bool waitsForSignal)
    {
        byte[] buffer = new byte[4096];
        if (!TryReadCommandLine(procFsRoot, ref buffer, out string link, out int length))
        {
            return $"no /proc that says which program this is, neither there nor at {procFsRoot}";
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
        return $"{refused.Message}: other threads than the first keep them";
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
                // There is another, or the server says what it makes of that.
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
