using System.Runtime.InteropServices;

namespace LeakLab.Native;

/// <summary>A system call failed: its name, its error number, and (if the lab knows it) the limit that was reached.</summary>
internal sealed class SystemCallException(string call, int errno, string? hint = null)
    : Exception($"{call}: {Marshal.GetPInvokeErrorMessage(errno)}")
{
    internal string Call { get; } = call;

    internal int Errno { get; } = errno;

    internal string? Hint { get; } = hint;

    /// <summary>Returns the result, or throws with the errno of the last call; the call's name must be a constant.</summary>
    internal static int Check(int result, string call)
        => result >= 0 ? result : throw new SystemCallException(call, Marshal.GetLastPInvokeError());
}
