namespace FdExporter.Model;

/// <summary>What to do where the threads of processes cannot be compared.</summary>
internal static class FdTableAdvice
{
    internal const string Text = "The comparison requires kcmp(2): allow it in the seccomp filter, and run the exporter in the pid namespace "
        + "that its procfs shows (--pid=host, in Kubernetes hostPID: true). After many processes have started, the next scan compares the rest.";
}
