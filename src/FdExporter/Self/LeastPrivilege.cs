using FdExporter.Configuration;
using FdExporter.Model;

namespace FdExporter.Self;

/// <summary>Drops privileges that the flags do not need, for the server and for commands that scan by themselves.</summary>
internal static class LeastPrivilege
{
    /// <summary>Ports below it need CAP_NET_BIND_SERVICE, unless ip_unprivileged_port_start was changed.</summary>
    private const int FirstUnprivilegedPort = 1024;

    /// <summary>Call it first: the program may execute itself again.</summary>
    /// <param name="waitsForSignal">Whether SIGTERM has to be blocked, to wait for it.</param>
    internal static HeldPrivileges Apply(ExporterOptions options, bool waitsForSignal = false)
        => options.DropPrivileges
            ? PrivilegeDrop.Apply(CollectorNames.SetOf(options.Collectors), !options.SystemdSocket && options.ListenAddresses.Any(IsLow), options.ProcFsRoot, waitsForSignal)
            : PrivilegeDrop.Keep();

    private static bool IsLow(ListenAddress address) => address.Port is > 0 and < FirstUnprivilegedPort;
}
