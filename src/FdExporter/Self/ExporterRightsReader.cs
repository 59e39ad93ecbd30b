using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Self;

/// <summary>Reads the exporter's user and privileges. Neither changes while it runs.</summary>
internal static class ExporterRightsReader
{
    /// <summary>Always from the exporter's own /proc, regardless of the watched root.</summary>
    internal static ExporterRights Read()
    {
        try
        {
            using ProcFs own = ProcFs.Open("/proc");
            return Read(own);
        }
        catch (KernelException)
        {
            // A container without its own /proc.
            return ExporterRights.Unknown;
        }
    }

    /// <param name="own">The procfs in which <c>self</c> is this process.</param>
    internal static ExporterRights Read(ProcFs own) => TryReadStatus(own) is { } status ? Of(own, in status) : ExporterRights.Unknown;

    /// <summary>Null if it cannot be read or lacks the capabilities.</summary>
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

    /// <summary>In the order of all advice: the more important first.</summary>
    internal static string MissingOf(CapabilitySet effective)
        => string.Join(' ', ((CapabilitySet[])[CapabilitySet.SysPtrace, CapabilitySet.DacReadSearch]).Where(each => !effective.Has(each)));
}
