namespace FdExporter.Linux.Procfs;

/// <summary>
/// What of <c>stat</c> tells that a process has replaced itself by <c>exec</c>: where its code and stack are mapped, which is
/// random for each program, and the page faults, of which a program costs some dozens to start. The addresses take ptrace
/// access; without it they are 1 and 0. Source: proc_pid_stat(5), fields 10, 26 and 28.
/// </summary>
internal readonly record struct ProcessImage(ulong MinorFaults, ulong CodeStart, ulong StackStart)
{
    /// <summary>The smallest program, static and in assembler, takes fewer; one with the C library some 100.</summary>
    private const ulong FaultsOfAStart = 16;

    internal bool HasAddresses => StackStart != 0;

    /// <summary>Another program for sure.</summary>
    internal bool IsOther(ProcessImage before) => HasAddresses && before.HasAddresses && (CodeStart, StackStart) != (before.CodeStart, before.StackStart);

    /// <summary>It may be another program: without addresses, only one that hardly touched memory is surely the same.</summary>
    internal bool MayBeOther(ProcessImage before) => !HasAddresses && MinorFaults - before.MinorFaults >= FaultsOfAStart;
}
