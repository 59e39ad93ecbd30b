using FdExporter.Configuration;
using FdExporter.Model;

namespace FdExporter.Self;

/// <summary>Giving up what the flags do not need: the same for the server and for all that look without one.</summary>
internal static class LeastPrivilege
{
    /// <summary>Below it a port takes CAP_NET_BIND_SERVICE, unless the machine was told otherwise (ip_unprivileged_port_start).</summary>
    private const int FirstFreePort = 1024;

    /// <summary>To be called first: the program may start again in its own place.</summary>
    /// <param name="waitsForSignal">Whether it is to have SIGTERM blocked, to wait for it.</param>
    internal static HeldPrivileges Apply(ExporterOptions options, bool waitsForSignal = false)
        => options.DropPrivileges
            ? PrivilegeDrop.Apply(CollectorNames.SetOf(options.Collectors), !options.SystemdSocket && options.ListenAddresses.Any(IsLow), options.ProcFsRoot, waitsForSignal)
            : PrivilegeDrop.Keep();

    private static bool IsLow(ListenAddress address) => address.Port is > 0 and < FirstFreePort;
}
