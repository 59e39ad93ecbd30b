namespace FdExporter.Linux.Native;

/// <summary>
/// Capabilities of the calling thread. The kernel keeps them per thread, and no thread can change those of another; only a
/// program started by execve(2) and threads started later inherit them. Source: capabilities(7).
/// </summary>
internal static unsafe class ThreadPrivileges
{
    /// <summary>Whether execve(2) can grant no new privileges, neither by a set-user-id bit nor by file capabilities.</summary>
    internal static bool HasNoNewPrivileges => Libc.prctl(Libc.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;

    /// <summary>Capabilities in any of its sets: effective, permitted or inheritable.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    internal static CapabilitySet ReadHeld()
    {
        Libc.CapData data = Get();
        return PermittedOf(data) | new CapabilitySet(data.inheritable | ((ulong)data.inheritable_high << 32));
    }

    /// <summary>
    /// Drops all but <paramref name="keep"/> permanently. A program started by execve(2) then has exactly those, also as
    /// root.
    /// </summary>
    /// <param name="isBounded">
    /// Whether to reduce the bounding set as well and to disable root's special treatment; this needs CAP_SETPCAP. Not
    /// possible if the program file has capabilities: the kernel refuses to start it if they exceed the bounding set.
    /// </param>
    /// <exception cref="KernelException">The kernel refused; nothing was dropped.</exception>
    internal static void Narrow(CapabilitySet keep, bool isBounded)
    {
        Libc.CapData data = Get();
        CapabilitySet permitted = PermittedOf(data);
        keep &= permitted;
        if (!HasNoNewPrivileges && Libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        {
            throw KernelException.FromLastError("prctl", "PR_SET_NO_NEW_PRIVS");
        }

        // Inherited sets first, then the capabilities needed to change them. Only inheritable capabilities can be ambient.
        Set(permitted, keep);
        SetInherited(keep);
        if (isBounded && permitted.Has(CapabilitySet.Setpcap))
        {
            LimitBoundingSet(keep);
        }

        Set(keep, keep);
    }

    // An ordinary user inherits the ambient set; root also gets the bounding set unless SECBIT_NOROOT is set.
    private static void SetInherited(CapabilitySet keep)
    {
        _ = Libc.prctl(Libc.PR_CAP_AMBIENT, Libc.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        foreach (int number in keep.Numbers)
        {
            if (Libc.prctl(Libc.PR_CAP_AMBIENT, Libc.PR_CAP_AMBIENT_RAISE, (nuint)number, 0, 0) != 0)
            {
                throw KernelException.FromLastError("prctl", $"PR_CAP_AMBIENT_RAISE {CapabilitySet.Of(number)}");
            }
        }
    }

    // Additional protection: no_new_privs already prevents regaining privileges. The bits may be locked already.
    private static void LimitBoundingSet(CapabilitySet keep)
    {
        int bits = Libc.prctl(Libc.PR_GET_SECUREBITS, 0, 0, 0, 0);
        _ = bits < 0 ? 0 : Libc.prctl(Libc.PR_SET_SECUREBITS, (nuint)(bits | Libc.SECBIT_NOROOT | Libc.SECBIT_NOROOT_LOCKED), 0, 0, 0);
        for (int number = 0; Libc.prctl(Libc.PR_CAPBSET_READ, (nuint)number, 0, 0, 0) >= 0; number++)
        {
            _ = keep.Has(CapabilitySet.Of(number)) ? 0 : Libc.prctl(Libc.PR_CAPBSET_DROP, (nuint)number, 0, 0, 0);
        }
    }

    private static CapabilitySet PermittedOf(Libc.CapData data) => new(data.permitted | ((ulong)data.permitted_high << 32));

    private static Libc.CapData Get()
    {
        Libc.CapHeader header = new() { version = Libc._LINUX_CAPABILITY_VERSION_3 };
        Libc.CapData data;
        return Libc.capget(&header, &data) == 0 ? data : throw KernelException.FromLastError("capget", "of this thread");
    }

    private static void Set(CapabilitySet permitted, CapabilitySet inheritable)
    {
        Libc.CapHeader header = new() { version = Libc._LINUX_CAPABILITY_VERSION_3 };
        Libc.CapData data = new()
        {
            permitted = (uint)permitted.Bits,
            permitted_high = (uint)(permitted.Bits >> 32),
            effective = (uint)permitted.Bits,
            effective_high = (uint)(permitted.Bits >> 32),
            inheritable = (uint)inheritable.Bits,
            inheritable_high = (uint)(inheritable.Bits >> 32),
        };
        if (Libc.capset(&header, &data) != 0)
        {
            throw KernelException.FromLastError("capset", $"to {permitted}");
        }
    }
}
