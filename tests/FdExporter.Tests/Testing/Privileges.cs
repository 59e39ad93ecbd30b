using System.ComponentModel;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace FdExporter.Tests.Testing;

/// <summary>Runs code without some of root's capabilities, which the kernel keeps for each thread. Source: capabilities(7).</summary>
internal static unsafe partial class Privileges
{
    internal const int DacOverride = 1;
    internal const int DacReadSearch = 2;
    internal const int SysPtrace = 19;
    internal const int SysAdmin = 21;

    private const uint Version3 = 0x20080522;

    /// <summary>On its own thread, which ends afterwards; threads that it starts lack them too.</summary>
    internal static T Without<T>(Func<T> work, params int[] capabilities)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Drop(capabilities);
                result = work();
            }
#pragma warning disable CA1031 // It is thrown again below.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    private static void Drop(int[] capabilities)
    {
        Header header = new() { version = Version3 };

        // Twice effective, permitted, inheritable.
        uint* data = stackalloc uint[6];
        Check(capget(&header, data), "capget");
        foreach (int capability in capabilities)
        {
            data[capability / 32 * 3] &= ~(1u << (capability % 32));
        }

        Check(capset(&header, data), "capset");
    }

    private static void Check(int result, string call)
    {
        if (result != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), call);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capget(Header* header, uint* data);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capset(Header* header, uint* data);

    private struct Header
    {
        internal uint version;
        internal int pid;
    }
}
