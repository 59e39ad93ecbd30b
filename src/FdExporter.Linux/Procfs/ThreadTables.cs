using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// Whether two threads have the same descriptor table. Source: kcmp(2), KCMP_FILES. Needs ptrace access to both, and the
/// numbers that they have in the pid namespace of this process.
/// </summary>
internal static class ThreadTables
{
    /// <param name="order">0 for the same table; else which one comes first, in an order that is the same for all tables.</param>
    /// <returns>Gone when one of them has ended; Denied also where the kernel or a filter does not have the call.</returns>
    internal static ReadStatus TryCompare(int first, int second, out int order)
    {
        nint result = Libc.kcmp(Libc.SYS_kcmp, first, second, Libc.KCMP_FILES, 0, 0);
        order = result switch { 0 => 0, 1 => -1, _ => 1 };
        return result >= 0 ? ReadStatus.Ok
            : Marshal.GetLastPInvokeError() == Libc.ESRCH ? ReadStatus.Gone
            : ReadStatus.Denied;
    }
}
