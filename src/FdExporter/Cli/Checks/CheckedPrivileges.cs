using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Processes;
using FdExporter.Self;

namespace FdExporter.Cli.Checks;

/// <summary>Whom this process runs as, and what that allows.</summary>
/// <param name="Status">Null where there is no /proc of our own to tell.</param>
internal sealed record CheckedPrivileges(ExporterRights Rights, string User, ProcessStatus? Status)
{
    internal static CheckedPrivileges Read(ProcFs? own)
    {
        return own is not null && ExporterRightsReader.TryReadStatus(own) is { } status
            ? new CheckedPrivileges(ExporterRightsReader.Of(own, in status), new UserNames(own, TimeProvider.System).NameOf(status.EffectiveUid), status)
            : new CheckedPrivileges(ExporterRights.Unknown, "", null);
    }

    internal bool Has(CapabilitySet capability) => Status?.Effective is { } effective && effective.Has(capability);

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
