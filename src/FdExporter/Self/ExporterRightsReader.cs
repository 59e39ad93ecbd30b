using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Self;

/// <summary>Reads whom the exporter runs as, and what that allows. Neither changes while it runs.</summary>
internal static class ExporterRightsReader
{
    /// <summary>Always from the exporter's own /proc, whatever root it watches.</summary>
    internal static ExporterRights Read()
    {
        try
        {
            using ProcFs own = ProcFs.Open("/proc");
            return Read(own);
        }
        catch (KernelException)
        {
            // A container without /proc of its own.
            return ExporterRights.Unknown;
        }
    }

    /// <param name="own">The procfs where <c>self</c> is us.</param>
    internal static ExporterRights Read(ProcFs own) => TryReadStatus(own) is { } status ? Of(own, in status) : ExporterRights.Unknown;

    /// <summary>Null where it cannot be read, or does not tell the capabilities.</summary>
    internal static ProcessStatus? TryReadStatus(ProcFs own)
    {
        Span<byte> buffer = stackalloc byte[4096];
        return ProcessStatus.TryRead(own, Environment.ProcessId, buffer, out ProcessStatus status) == ReadStatus.Ok && status.Effective is not null ? status : null;
    }

    internal static ExporterRights Of(ProcFs own, in ProcessStatus status)
    {
        bool isConfined = UserNamespace.TryReadOwn(own, out ulong inode) == ReadStatus.Ok && inode != UserNamespace.Initial;
        return new ExporterRights(status.EffectiveUid, MissingOf(status.Effective.GetValueOrDefault()), isConfined);
    }

    internal static string MissingOf(CapabilitySet effective) => (CapabilitySet.SysPtrace | CapabilitySet.DacReadSearch).Without(effective).ToString();
}
