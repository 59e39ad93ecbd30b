using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Processes;
using FdExporter.Self;

namespace FdExporter.Cli.Checks;

/// <summary>Whom this process runs as, and what that allows.</summary>
/// <param name="Capabilities">Null where there is no /proc of our own to tell.</param>
/// <param name="Confinement">Likewise.</param>
internal sealed record CheckedPrivileges(ExporterRights Rights, string User, ProcessCapabilities? Capabilities, ProcessConfinement? Confinement)
{
    internal static CheckedPrivileges Read(ProcFs? own)
    {
        Span<byte> buffer = stackalloc byte[4096];
        if (own is null
            || ExporterRightsReader.Read(own) is not { IsKnown: true } rights
            || ProcessCapabilities.TryRead(own, Environment.ProcessId, buffer, out ProcessCapabilities capabilities) != ReadStatus.Ok)
        {
            return new CheckedPrivileges(ExporterRights.Unknown, "", null, null);
        }

        string user = new UserNames(own, TimeProvider.System).NameOf(rights.Uid);
        bool isKnown = ProcessConfinement.TryRead(own, Environment.ProcessId, buffer, out ProcessConfinement confinement) == ReadStatus.Ok;
        return new CheckedPrivileges(rights, user, capabilities, isKnown ? confinement : null);
    }

    internal static ProcFs? TryOpenOwn()
    {
        try
        {
            return ProcFs.Open("/proc");
        }
        catch (KernelException)
        {
            // A container without /proc of its own; the checks say that they do not know.
            return null;
        }
    }
}
