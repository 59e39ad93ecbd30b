using FdExporter.Linux.Native;

namespace FdExporter.Self;

/// <summary>
/// Ends the program on SIGTERM, with a thread created before it is needed. If the signal is not blocked (see <see
/// cref="TerminationSignal"/>), the runtime handles it as usual.
/// </summary>
internal sealed class StopSignal
{
    private const int StackSize = 256 * 1024;
    private const int ExitCode = 128 + 15;

    private volatile Action? _stop;

    internal StopSignal()
    {
        if (TerminationSignal.IsBlocked)
        {
            new Thread(Wait, StackSize) { IsBackground = true, Name = "stop signal" }.Start();
        }
    }

    /// <summary>Action to run from now on instead of exiting at once.</summary>
    internal void Call(Action stop) => _stop = stop;

    private void Wait()
    {
        while (true)
        {
            TerminationSignal.Wait();
            if (_stop is not { } stop)
            {
                Environment.Exit(ExitCode);
                return;
            }

            stop();
        }
    }
}
