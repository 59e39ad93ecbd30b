using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// The user that a namespace is owed to: the creator of its user namespace, and where that lies in others, of the outermost
/// below the machine's own, since inside of that any other may be taken. Source: ioctl_ns(2); since Linux 4.11.
/// </summary>
internal static unsafe class NamespaceOwner
{
    /// <summary>User namespaces are not nested deeper.</summary>
    private const int Deepest = 33;

    /// <summary>Root's (0) where it belongs to the machine's own user namespace. Null where the kernel does not tell.</summary>
    internal static uint? TryRead(int namespaceFd)
    {
        int outermost = Libc.ioctl(namespaceFd, Libc.NS_GET_USERNS, (nint)0);
        if (outermost < 0)
        {
            return null;
        }

        uint owner = 0;
        for (int depth = 0; depth < Deepest; depth++)
        {
            using ScopedFd inner = new(outermost);
            outermost = Libc.ioctl(inner.Value, Libc.NS_GET_PARENT, (nint)0);
            if (outermost < 0)
            {
                // What lies beyond the machine's own, or that of a container around this program, may not be seen.
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

    /// <summary>Of the network namespace that a process or a thread lives in; null also where that may not be opened.</summary>
    /// <exception cref="KernelException">There is no descriptor left to open it with.</exception>
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
