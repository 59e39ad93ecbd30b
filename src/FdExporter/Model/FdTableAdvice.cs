namespace FdExporter.Model;

/// <summary>What to do if the descriptor tables of threads cannot be compared.</summary>
internal static class FdTableAdvice
{
    internal const string Text = "The comparison needs kcmp(2): a seccomp filter must allow it, and the exporter must run in the pid namespace "
        + "that its procfs shows (--pid=host, in Kubernetes hostPID: true). If there are many new processes, the next scan compares the rest.";
}
