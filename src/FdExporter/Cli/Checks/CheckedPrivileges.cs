using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;
using FdExporter.Scanning.Processes;
using FdExporter.Self;

namespace FdExporter.Cli.Checks;

/// <summary>The user and the capabilities of this process.</summary>
/// <param name="Status">Null if there is no /proc of this process.</param>
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
            // A container without its own /proc; the checks report unknown.
            return null;
        }
    }
}
