namespace FdExporter.Benchmarks;

/// <summary>The load of the benchmarks: 1,000 processes and 20,000 TCP sockets in addition to those of the machine.</summary>
internal sealed class Load : IDisposable
{
    private readonly Lab _processes = Lab.Start("processes", "--processes", "1000", "--fds", "10");
    private readonly Lab _sockets = Lab.Start("established", "--count", "10000");

    public void Dispose()
    {
        _sockets.Dispose();
        _processes.Dispose();
    }
}
