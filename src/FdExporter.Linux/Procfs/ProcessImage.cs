namespace FdExporter.Linux.Procfs;

/// <summary>
/// Fields of <c>stat</c> that show an <c>exec</c>: the addresses of code and stack, random for each program, and the page
/// faults; starting a program causes dozens. The addresses need ptrace access; without it they are 1 and 0. Source:
/// proc_pid_stat(5), fields 10, 26 and 28.
/// </summary>
internal readonly record struct ProcessImage(ulong MinorFaults, ulong CodeStart, ulong StackStart)
{
    /// <summary>Page faults. A static assembler program may start with fewer; one with the C library needs about 100.</summary>
    private const ulong StartFaults = 16;

    internal bool HasAddresses => StackStart != 0;

    /// <summary>Certainly another program.</summary>
    internal bool IsOther(ProcessImage before) => HasAddresses && before.HasAddresses && (CodeStart, StackStart) != (before.CodeStart, before.StackStart);

    /// <summary>Possibly another program: without addresses, only a process that has touched little memory is certainly the same.</summary>
    internal bool MayBeOther(ProcessImage before) => !HasAddresses && MinorFaults - before.MinorFaults >= StartFaults;
}
