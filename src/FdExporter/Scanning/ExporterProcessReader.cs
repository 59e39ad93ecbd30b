using System.Diagnostics;
using FdExporter.Linux.Native;
using FdExporter.Linux.Procfs;
using FdExporter.Model;

namespace FdExporter.Scanning;

/// <summary>Reads the exporter's own figures: always from its own /proc, whatever root it watches.</summary>
internal sealed class ExporterProcessReader : IDisposable
{
    private readonly DateTimeOffset _startTime;
    private readonly byte[] _buffer = new byte[4096];
    private readonly ProcFs? _procFs = TryOpenOwn();
    private readonly FdDirectory? _fds;

    internal ExporterProcessReader()
    {
        using Process self = Process.GetCurrentProcess();
        _startTime = self.StartTime.ToUniversalTime();
        _fds = _procFs is null ? null : new FdDirectory(_procFs);
    }

    internal ExporterProcess Read() => new(
        Environment.CpuUsage.TotalTime,
        Environment.WorkingSet,
        _startTime,
        _fds is not null && _fds.TryCount(Environment.ProcessId, out long open) == ReadStatus.Ok ? open : null,
        _procFs is not null && ProcessLimits.TryRead(_procFs, Environment.ProcessId, _buffer, out ProcessLimits limits) == ReadStatus.Ok
            ? limits.SoftOpenFiles
            : null);

    private static ProcFs? TryOpenOwn()
    {
        try
        {
            return ProcFs.Open("/proc");
        }
        catch (KernelException)
        {
            // A container without /proc of its own: the exporter's own figures are then not known.
            return null;
        }
    }

    public void Dispose() => _procFs?.Dispose();
}
