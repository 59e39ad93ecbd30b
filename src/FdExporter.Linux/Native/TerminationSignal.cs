using System.Runtime.InteropServices;

namespace FdExporter.Linux.Native;

/// <summary>
/// SIGTERM. By itself the runtime starts a thread when it comes, and is killed by that where the kernel has none. Blocked in every
/// thread it waits for the one that takes it. Source: signal(7).
/// </summary>
internal static unsafe class TerminationSignal
{
    /// <summary>No C library's set is longer.</summary>
    private const int WordsOfSet = 16;

    private const ulong Bit = 1UL << (Libc.SIGTERM - 1);

    /// <summary>Whether the calling thread has it blocked; when it did from the start of the program, all threads have.</summary>
    internal static bool IsBlocked
    {
        get
        {
            ulong* blocked = stackalloc ulong[WordsOfSet];
            return Libc.sigprocmask(Libc.SIG_BLOCK, null, blocked) == 0 && (*blocked & Bit) != 0;
        }
    }

    /// <summary>In the calling thread, for those that it starts, and for the program that takes its place by execve(2).</summary>
    internal static void Block() => Change(Libc.SIG_BLOCK);

    internal static void Unblock() => Change(Libc.SIG_UNBLOCK);

    /// <summary>Waits for it. All threads must have it blocked.</summary>
    internal static void Wait()
    {
        ulong* set = stackalloc ulong[WordsOfSet];
        Fill(set);
        while (Libc.sigwaitinfo(set, null) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Libc.EINTR)
            {
                throw KernelException.FromLastError("sigwaitinfo", "SIGTERM");
            }
        }
    }

    private static void Change(int how)
    {
        ulong* set = stackalloc ulong[WordsOfSet];
        Fill(set);
        _ = Libc.sigprocmask(how, set, null);
    }

    private static void Fill(ulong* set)
    {
        new Span<ulong>(set, WordsOfSet).Clear();
        *set = Bit;
    }
}
