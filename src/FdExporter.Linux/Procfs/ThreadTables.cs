using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// Whether two threads share one descriptor table. Source: kcmp(2), KCMP_FILES. Needs ptrace access to both, and their
/// numbers in the pid namespace of this process.
/// </summary>
internal static class ThreadTables
{
    /// <param name="order">0 for the same table; else the order of the two, constant for all tables.</param>
    /// <returns>Gone if one of them has ended; Denied also if the kernel lacks the call or a filter refuses it.</returns>
    internal static ReadStatus TryCompare(int first, int second, out int order)
    {
        nint result = Libc.kcmp(Libc.SYS_kcmp, first, second, Libc.KCMP_FILES, 0, 0);
        order = result switch { 0 => 0, 1 => -1, _ => 1 };
        return result >= 0 ? ReadStatus.Ok
            : Marshal.GetLastPInvokeError() == Libc.ESRCH ? ReadStatus.Gone
            : ReadStatus.Denied;
    }
}
