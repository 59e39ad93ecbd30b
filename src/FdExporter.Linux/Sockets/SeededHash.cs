namespace FdExporter.Linux.Sockets;

/// <summary>
/// A fast hash of numbers that others choose: whoever opens connections chooses addresses and ports. Each run of the program has its own
/// seed, so nobody can choose many that meet in one place of a hash table.
/// </summary>
internal static class SeededHash
{
    private static readonly ulong s_first = Seed();
    private static readonly ulong s_second = Seed();
    private static readonly ulong s_third = Seed();

    internal static int Of(ulong a, ulong b, ulong c) => (int)Mix(Mix(a ^ s_first, b ^ s_second) ^ c, s_third);

    /// <summary>Each bit of the product depends on many of both factors; the halves together on all.</summary>
    private static ulong Mix(ulong a, ulong b) => Math.BigMul(a, b, out ulong low) ^ low;

    /// <summary>Not a cryptographic one, which would load OpenSSL: nobody sees a hash.</summary>
    private static ulong Seed() => (ulong)Random.Shared.NextInt64() << 1 | 1;
}
