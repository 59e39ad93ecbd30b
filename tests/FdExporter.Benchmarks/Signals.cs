using System.Runtime.InteropServices;

namespace FdExporter.Benchmarks;

/// <summary>Source: kill(2).</summary>
internal static partial class Signals
{
    internal const int SIGHUP = 1;
    internal const int SIGUSR1 = 10;
    internal const int SIGUSR2 = 12;
    internal const int SIGTERM = 15;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int pid, int signal);
}
