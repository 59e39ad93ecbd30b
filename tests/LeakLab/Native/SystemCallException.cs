using System.Runtime.InteropServices;

namespace LeakLab.Native;

/// <summary>A system call failed: which, with which error number, and (where the lab knows it) the limit it ran into.</summary>
internal sealed class SystemCallException(string call, int errno, string? hint = null)
    : Exception($"{call}: {Marshal.GetPInvokeErrorMessage(errno)}")
{
    internal string Call { get; } = call;

    internal int Errno { get; } = errno;

    internal string? Hint { get; } = hint;

    /// <summary>Passes a result through, or throws with the errno of the call that was just made; the call's name must be a constant.</summary>
    internal static int Check(int result, string call)
        => result >= 0 ? result : throw new SystemCallException(call, Marshal.GetLastPInvokeError());
}
