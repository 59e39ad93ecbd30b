using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;

namespace FdExporter.Scanning;

/// <summary>Whom the exporter runs as, and what it lacks to look into other users' processes.</summary>
/// <param name="Missing">The capabilities to grant, by their names; empty when it has them, or when that is not known.</param>
internal sealed record ExporterPrivileges(uint Uid, string Missing)
{
    /// <summary>Always from the exporter's own /proc, whatever root it watches. Neither changes while it runs.</summary>
    internal static ExporterPrivileges Read()
    {
        Span<byte> buffer = stackalloc byte[4096];
        try
        {
            using ProcFs own = ProcFs.Open("/proc");
            if (ProcessStatus.TryRead(own, Environment.ProcessId, buffer, out ProcessStatus status) == ReadStatus.Ok
                && ProcessCapabilities.TryRead(own, Environment.ProcessId, buffer, out ProcessCapabilities capabilities) == ReadStatus.Ok)
            {
                return new ExporterPrivileges(status.EffectiveUid, MissingOf(capabilities));
            }
        }
        catch (KernelException)
        {
            // A container without /proc of its own: what is not known is not advised on.
        }

        return new ExporterPrivileges(0, "");
    }

    internal static string MissingOf(ProcessCapabilities capabilities)
        => string.Join(' ', [
            .. capabilities.HasSysPtrace ? [] : (string[])["CAP_SYS_PTRACE"],
            .. capabilities.HasDacReadSearch ? [] : (string[])["CAP_DAC_READ_SEARCH"],
        ]);
}
