using System.Numerics;

namespace FdExporter.Linux.Native;

/// <summary>A set of capabilities, one bit each. Source: capabilities(7).</summary>
internal readonly record struct CapabilitySet(ulong Bits)
{
    /// <summary>Names, by number. Source: include/uapi/linux/capability.h of Linux 6.18.</summary>
    private static readonly string[] s_names =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW",
        "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT",
        "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD",
        "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG",
        "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ];

    internal static CapabilitySet DacOverride => Of(1);

    internal static CapabilitySet DacReadSearch => Of(2);

    internal static CapabilitySet Setpcap => Of(8);

    internal static CapabilitySet NetBindService => Of(10);

    internal static CapabilitySet NetAdmin => Of(12);

    internal static CapabilitySet SysPtrace => Of(19);

    internal static CapabilitySet SysAdmin => Of(21);

    internal bool IsEmpty => Bits == 0;

    internal int Count => BitOperations.PopCount(Bits);

    internal IEnumerable<int> Numbers
    {
        get
        {
            ulong bits = Bits;
            return Enumerable.Range(0, 64).Where(number => (bits & (1UL << number)) != 0);
        }
    }

    /// <summary>A capability newer than the table is written as its number, as capsh(1) does.</summary>
    internal IEnumerable<string> Names
        => Numbers.Select(static number => number < s_names.Length ? s_names[number] : FormattableString.Invariant($"CAP_{number}"));

    public static CapabilitySet operator |(CapabilitySet left, CapabilitySet right) => new(left.Bits | right.Bits);

    public static CapabilitySet operator &(CapabilitySet left, CapabilitySet right) => new(left.Bits & right.Bits);

    internal static CapabilitySet Of(int number) => new(1UL << number);

    internal CapabilitySet Without(CapabilitySet other) => new(Bits & ~other.Bits);

    internal bool Has(CapabilitySet other) => other.Without(this).IsEmpty;

    public override string ToString() => string.Join(' ', Names);
}
