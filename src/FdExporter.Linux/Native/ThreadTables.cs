using System.Runtime.InteropServices;

namespace FdExporter.Linux.Native;

/// <summary>
/// Whether two threads have the same descriptor table. Source: kcmp(2), KCMP_FILES. Needs ptrace access to both, and the
/// numbers that they have in the pid namespace of this process.
/// </summary>
internal static class ThreadTables
{
    /// <summary>Null on an architecture whose number of the system call is not known here.</summary>
    private static readonly nint? s_kcmp = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 312,
        Architecture.Arm64 => 272,
        _ => null,
    };

    /// <param name="order">0 for the same table; else which one comes first, in an order that is the same for all tables.</param>
    /// <returns>Gone when one of them has ended; Denied also where the kernel or a filter does not have the call.</returns>
    internal static Procfs.ReadStatus TryCompare(int first, int second, out int order)
    {
        order = 0;
        if (s_kcmp is not { } number)
        {
            return Procfs.ReadStatus.Denied;
        }

        nint result = Libc.syscall(number, first, second, Libc.KCMP_FILES, 0, 0);
        order = result switch { 0 => 0, 1 => -1, _ => 1 };
        return result >= 0 ? Procfs.ReadStatus.Ok
            : Marshal.GetLastPInvokeError() == Libc.ESRCH ? Procfs.ReadStatus.Gone
            : Procfs.ReadStatus.Denied;
    }
}
