using System.Runtime.InteropServices;

namespace FdExporter.Linux.Native;

/// <summary>
/// SIGTERM. By default the runtime starts a thread to handle it, and crashes if the kernel refuses the thread. Blocked in all
/// threads, the signal stays pending until one thread takes it. Source: signal(7).
/// </summary>
internal static unsafe class TerminationSignal
{
    /// <summary>No C library has a longer sigset_t.</summary>
    private const int MaxSetWords = 16;

    private const ulong Bit = 1UL << (Libc.SIGTERM - 1);

    /// <summary>Whether the calling thread blocks it; if it was blocked at program start, all threads block it.</summary>
    internal static bool IsBlocked
    {
        get
        {
            ulong* blocked = stackalloc ulong[MaxSetWords];
            return Libc.sigprocmask(Libc.SIG_BLOCK, null, blocked) == 0 && (*blocked & Bit) != 0;
        }
    }

    /// <summary>Blocks it in the calling thread, in threads started by it, and in a program started in its place by execve(2).</summary>
    internal static void Block() => Change(Libc.SIG_BLOCK);

    internal static void Unblock() => Change(Libc.SIG_UNBLOCK);

    /// <summary>Waits for it. All threads must block it.</summary>
    internal static void Wait()
    {
        ulong* set = stackalloc ulong[MaxSetWords];
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
        ulong* set = stackalloc ulong[MaxSetWords];
        Fill(set);
        _ = Libc.sigprocmask(how, set, null);
    }

    private static void Fill(ulong* set)
    {
        new Span<ulong>(set, MaxSetWords).Clear();
        *set = Bit;
    }
}
