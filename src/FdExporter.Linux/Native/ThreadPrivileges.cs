namespace FdExporter.Linux.Native;

/// <summary>
/// What the calling thread may do beyond what its user may. The kernel keeps all of it for each thread, and no thread can
/// change another's; only what execve(2) starts, and who is started later, has what the thread had. Source: capabilities(7).
/// </summary>
internal static unsafe class ThreadPrivileges
{
    /// <summary>Whether no execve(2) gives more than there was before: not by the set-user-id bit, nor by capabilities of a file.</summary>
    internal static bool HasNoNewPrivileges => Libc.prctl(Libc.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;

    /// <summary>What it has, in whichever set: to use now, or to hand on.</summary>
    /// <exception cref="KernelException">The kernel does not tell.</exception>
    internal static CapabilitySet ReadHeld()
    {
        Libc.CapData data = Get();
        return PermittedOf(data) | new CapabilitySet(data.inheritable | ((ulong)data.inheritable_high << 32));
    }

    /// <summary>
    /// Gives up everything but <paramref name="keep"/>, for ever, and arranges that a program started by execve(2) has just
    /// that, whether it runs as root or not.
    /// </summary>
    /// <param name="isBounded">
    /// Whether to narrow the bounding set as well and to take root's name its meaning, which takes CAP_SETPCAP: not where the
    /// program file bears capabilities of its own, since the kernel refuses to start one that asks for more than the bounding set has.
    /// </param>
    /// <exception cref="KernelException">The kernel refuses; then nothing was given up.</exception>
    internal static void Narrow(CapabilitySet keep, bool isBounded)
    {
        Libc.CapData data = Get();
        CapabilitySet permitted = PermittedOf(data);
        keep &= permitted;
        if (!HasNoNewPrivileges && Libc.prctl(Libc.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        {
            throw KernelException.FromLastError("prctl", "PR_SET_NO_NEW_PRIVS");
        }

        // First what is handed on, then what it takes to change that. Only what is inheritable can be ambient.
        Set(permitted, keep);
        HandOn(keep);
        if (isBounded && permitted.Has(CapabilitySet.Setpcap))
        {
            Bound(keep);
        }

        Set(keep, keep);
    }

    // What an ordinary user hands on; root hands on the bounding set as well, as long as its name means something.
    private static void HandOn(CapabilitySet keep)
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

    // A second lock: without new privileges nothing comes back either. Whoever set the bits before may have locked them.
    private static void Bound(CapabilitySet keep)
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
