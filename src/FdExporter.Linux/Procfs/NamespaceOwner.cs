using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// The user responsible for a namespace: the creator of its user namespace. Of nested user namespaces the outermost below the
/// machine's own counts, since users inside of it can be chosen freely. Source: ioctl_ns(2); since Linux 4.11.
/// </summary>
internal static unsafe class NamespaceOwner
{
    /// <summary>Maximum nesting depth of user namespaces.</summary>
    private const int MaxDepth = 33;

    /// <summary>Root (0) if it belongs to the machine's own user namespace. Null if the kernel does not report it.</summary>
    internal static uint? TryRead(int namespaceFd)
    {
        int outermost = Libc.ioctl(namespaceFd, Libc.NS_GET_USERNS, (nint)0);
        if (outermost < 0)
        {
            return null;
        }

        uint owner = 0;
        for (int depth = 0; depth < MaxDepth; depth++)
        {
            using ScopedFd inner = new(outermost);
            outermost = Libc.ioctl(inner.Value, Libc.NS_GET_PARENT, (nint)0);
            if (outermost < 0)
            {
                // Namespaces above the machine's own, or above the container of this program, are not visible.
                return owner;
            }

            if (Libc.ioctl(inner.Value, Libc.NS_GET_OWNER_UID, (nint)(&owner)) != 0)
            {
                break;
            }
        }

        _ = Libc.close(outermost);
        return null;
    }

    /// <summary>Of the network namespace of a process or thread; null also if it cannot be opened.</summary>
    /// <exception cref="KernelException">No descriptor left to open it.</exception>
    internal static uint? TryRead(ProcFs procFs, ProcFolder folder)
    {
        if (!procFs.IsKernel || procFs.TryOpen(ProcPath.Of(folder, "ns/net"u8), directory: false, out ScopedFd link) != ReadStatus.Ok)
        {
            return null;
        }

        using (link)
        {
            return TryRead(link.Value);
        }
    }
}
