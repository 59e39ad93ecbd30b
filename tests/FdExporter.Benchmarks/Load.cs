namespace FdExporter.Benchmarks;

/// <summary>The machine that the benchmarks look at: 1,000 processes and 20,000 TCP sockets more than it had.</summary>
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
