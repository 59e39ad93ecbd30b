using FdExporter.Linux.Native;

namespace FdExporter.Linux.SockDiag;

/// <summary>
/// Makes a netlink socket inside another network namespace. Source: setns(2), network_namespaces(7). Needs CAP_SYS_ADMIN.
/// </summary>
internal static class NamespaceEntry
{
    /// <summary>The socket lists that namespace from any thread, and keeps it alive until it is disposed.</summary>
    /// <param name="namespaceLink">A descriptor of <c>/proc/PID/ns/net</c>.</param>
    /// <exception cref="KernelException">It may not be entered, or netlink is not to be had in it.</exception>
    internal static SockDiagClient OpenSockDiag(int namespaceLink, TimeSpan receiveTimeout)
    {
        SockDiagClient? client = null;
        KernelException? failure = null;

        // setns(2) moves a thread. This one ends right after, so none of the pool's is left in the wrong namespace.
        Thread visitor = new(() =>
        {
            try
            {
                if (Libc.setns(namespaceLink, Libc.CLONE_NEWNET) != 0)
                {
                    throw KernelException.FromLastError("setns", "a network namespace");
                }

                client = new SockDiagClient(receiveTimeout, reopens: false);
            }
            catch (KernelException exception)
            {
                failure = exception;
            }
        })
        {
            IsBackground = true,
            Name = "netns visitor",
        };
        visitor.Start();
        visitor.Join();
        return client ?? throw failure!;
    }
}
