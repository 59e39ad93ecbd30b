using System.ComponentModel;
using System.Diagnostics;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Self;

/// <summary>Reads the exporter's own metrics, always from its own /proc, regardless of the watched root.</summary>
internal sealed class ExporterProcessReader : IDisposable
{
    private readonly DateTimeOffset? _startTime;
    private readonly byte[] _buffer = new byte[4096];
    private readonly ProcFs? _procFs;
    private readonly FdDirectory? _fds;

    internal ExporterProcessReader(HandleReserve? reserve)
    {
        _startTime = TryReadStart();
        _procFs = TryOpenOwn(reserve);
        _fds = _procFs is null ? null : new FdDirectory(_procFs);
    }

    internal ExporterProcess Read()
    {
        long? residentBytes = null;
        long? openFds = null;
        ulong? maxFds = null;
        if (_procFs is not null)
        {
            try
            {
                // The first needs no descriptor. (Environment.WorkingSet needs one, and is 0 if there is none.)
                openFds = _fds!.TryCount(Environment.ProcessId, out long open) == ReadStatus.Ok ? open : null;
                residentBytes = ProcessStatm.TryRead(_procFs, Environment.ProcessId, _buffer, out ProcessStatm memory) == ReadStatus.Ok
                    ? (long)memory.Resident * Environment.SystemPageSize
                    : null;
                maxFds = ProcessLimits.TryRead(_procFs, Environment.ProcessId, _buffer, out ProcessLimits limits) == ReadStatus.Ok
                    ? limits.SoftOpenFiles
                    : null;
            }
            catch (KernelException)
            {
                // No handle left for the exporter's own metrics: the other metrics must not fail.
            }
        }

        return new ExporterProcess(Environment.CpuUsage.TotalTime, residentBytes, _startTime, openFds, maxFds);
    }

    private static DateTimeOffset? TryReadStart()
    {
        try
        {
            using Process self = Process.GetCurrentProcess();
            return self.StartTime.ToUniversalTime();
        }
        catch (Win32Exception)
        {
            // No procfs at /proc, or access denied.
            return null;
        }
    }

    private static ProcFs? TryOpenOwn(HandleReserve? reserve)
    {
        try
        {
            return ProcFs.Open("/proc", reserve?.Descriptors);
        }
        catch (KernelException)
        {
            // A container without its own /proc: the exporter's own metrics are unknown.
            return null;
        }
    }

    public void Dispose() => _procFs?.Dispose();
}
