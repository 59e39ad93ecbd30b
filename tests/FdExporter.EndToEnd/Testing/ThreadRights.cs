using System.Globalization;

namespace FdExporter.EndToEnd.Testing;

/// <summary>The rights of the threads of a running process, from /proc.</summary>
internal static class ThreadRights
{
    internal const ulong DacReadSearch = 1UL << 2;
    internal const ulong NetBindService = 1UL << 10;
    internal const ulong SysPtrace = 1UL << 19;
    internal const ulong NetAdmin = 1UL << 12;
    internal const ulong SysAdmin = 1UL << 21;

    /// <summary>
    /// One number for each set that is the same in all threads: <c>Prm=281004 Inh=281004 ... NoNewPrivs=1</c>, without leading zeros.
    /// </summary>
    internal static string Of(int pid)
    {
        string[] threads = [.. Directory.GetDirectories($"/proc/{pid}/task").Select(RightsOf)];
        Assert.True(threads.Length > 3, $"only {threads.Length} threads");
        return Assert.Single(threads.Distinct());
    }

    internal static string Just(ulong capabilities, bool isBounded = true)
        => FormattableString.Invariant($"Inh={capabilities:x} Prm={capabilities:x} Eff={capabilities:x} Bnd={(isBounded ? capabilities : Bounding):x} Amb={capabilities:x} NoNewPrivs=1");

    /// <summary>The rights that this test itself can pass on.</summary>
    internal static ulong Bounding { get; } = ulong.Parse(ValueOf("/proc/self", "CapBnd"), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string RightsOf(string thread)
        => string.Join(' ', ((string[])["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs"])
            .Select(name => $"{name.Replace("Cap", "", StringComparison.Ordinal)}={ValueOf(thread, name).TrimStart('0') switch { "" => "0", var digits => digits }}"));

    private static string ValueOf(string folder, string name)
        => File.ReadLines($"{folder}/status").First(line => line.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim();
}
