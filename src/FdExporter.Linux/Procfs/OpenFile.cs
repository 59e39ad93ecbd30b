using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// The open file description of a descriptor. Descriptors share it after fork, dup and SCM_RIGHTS: it is one handle of the
/// machine. Source: kcmp(2), KCMP_FILE.
/// </summary>
/// <param name="Pid">
/// A process, or the thread that has the descriptor table, in the exporter's own pid namespace: in another one the number is
/// another process.
/// </param>
internal readonly record struct OpenFile(int Pid, int Fd)
{
    /// <summary>
    /// Ok with 0 for the same file, else with an order that is constant for all files and processes while they are open. Gone
    /// if one is closed; Denied without CAP_SYS_PTRACE, if a filter refuses the call, or if the kernel lacks it.
    /// </summary>
    internal ReadStatus TryCompareTo(in OpenFile other, out int order)
    {
        order = 0;
        nint result = Libc.kcmp(Libc.SYS_kcmp, Pid, other.Pid, Libc.KCMP_FILE, Fd, other.Fd);
        if (result < 0)
        {
            return Marshal.GetLastPInvokeError() is Libc.ESRCH or Libc.EBADF ? ReadStatus.Gone : ReadStatus.Denied;
        }

        order = result switch
        {
            0 => 0,
            1 => -1,
            _ => 1,
        };
        return ReadStatus.Ok;
    }
}
