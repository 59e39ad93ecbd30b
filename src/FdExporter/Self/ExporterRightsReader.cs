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
    internal static ExporterRights Read(ProcFs own)
    {
        Span<byte> buffer = stackalloc byte[4096];
        if (ProcessStatus.TryRead(own, Environment.ProcessId, buffer, out ProcessStatus status) != ReadStatus.Ok
            || ProcessCapabilities.TryRead(own, Environment.ProcessId, buffer, out ProcessCapabilities capabilities) != ReadStatus.Ok)
        {
            return ExporterRights.Unknown;
        }

        bool isConfined = UserNamespace.TryReadOwn(own, out ulong inode) == ReadStatus.Ok && inode != UserNamespace.Initial;
        return new ExporterRights(status.EffectiveUid, MissingOf(capabilities), isConfined);
    }

    internal static string MissingOf(ProcessCapabilities capabilities)
        => string.Join(' ', [
            .. capabilities.HasSysPtrace ? [] : (string[])["CAP_SYS_PTRACE"],
            .. capabilities.HasDacReadSearch ? [] : (string[])["CAP_DAC_READ_SEARCH"],
        ]);
}
