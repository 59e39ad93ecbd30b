using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>
/// The descriptor tables of a process. Usually all its threads share one. A thread can leave it with its own copy (unshare(2),
/// CLONE_FILES), and the main thread can end before the others.
/// </summary>
/// <param name="Threads">
/// One thread per table; the first stands for the process. Empty if there is one table, which the process itself shows.
/// </param>
/// <param name="IsComplete">False if some threads have not been compared or could not be: there may be more tables.</param>
internal sealed record FdTables(ImmutableArray<int> Threads, bool IsComplete)
{
    /// <summary>Of a process with one thread, and of most others.</summary>
    internal static FdTables One { get; } = new([], true);

    /// <summary>One table is known.</summary>
    internal static FdTables Unchecked { get; } = new([], false);

    internal int Count => Math.Max(1, Threads.Length);

    public bool Equals(FdTables? other)
        => other is not null && IsComplete == other.IsComplete && Threads.AsSpan().SequenceEqual(other.Threads.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Threads.Length, IsComplete);
}
