using System.Runtime.InteropServices;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// The open file that a descriptor leads to, which several descriptors share after fork, dup and SCM_RIGHTS: one handle of the
/// machine, however many they are. Source: kcmp(2), KCMP_FILE.
/// </summary>
/// <param name="Pid">Of a process, or of the thread in whose descriptor table it is, in the exporter's own pid namespace: elsewhere the number is another process's.</param>
internal readonly record struct OpenFile(int Pid, int Fd)
{
    /// <summary>
    /// Ok with 0 for the same file, else with an order that is the same for all files and all processes as long as they are open. Gone
    /// when one is closed; Denied without CAP_SYS_PTRACE, where a filter refuses the call, and by a kernel without it.
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
