using System.Collections;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LeakLab.Native;

/// <summary>
/// A child started by posix_spawn(3), which unlike System.Diagnostics.Process costs no thread, no handle and no pipes:
/// the lab starts a thousand. Not reaped until <see cref="Reap"/>, so its pid cannot be reused.
/// </summary>
internal sealed class ChildProcess
{
    private bool _reaped;

    private ChildProcess(int pid) => Pid = pid;

    internal int Pid { get; }

    /// <summary>Descriptors opened without O_CLOEXEC are inherited besides the three given here; null keeps the lab's own.</summary>
    internal static unsafe ChildProcess Start(IReadOnlyList<string> command, int stdin, int stdout, int? stderr = null)
    {
        // posix_spawn_file_actions_t is opaque: 80 bytes in glibc and in musl.
        byte* actions = stackalloc byte[256];
        byte** argv = CStrings(command);
        byte** envp = CStrings([.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(e => $"{e.Key}={e.Value}")]);
        Require(Libc.posix_spawn_file_actions_init(actions), "posix_spawn_file_actions_init");
        try
        {
            Require(Libc.posix_spawn_file_actions_adddup2(actions, stdin, 0), "posix_spawn_file_actions_adddup2");
            Require(Libc.posix_spawn_file_actions_adddup2(actions, stdout, 1), "posix_spawn_file_actions_adddup2");
            if (stderr is int error)
            {
                Require(Libc.posix_spawn_file_actions_adddup2(actions, error, 2), "posix_spawn_file_actions_adddup2");
            }

            int pid;
            Require(Libc.posix_spawnp(&pid, command[0], actions, null, argv, envp), $"posix_spawn {command[0]}");
            return new ChildProcess(pid);
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            Free(argv);
            Free(envp);
        }
    }

    internal void Signal(int signal)
    {
        if (!_reaped)
        {
            _ = Libc.kill(Pid, signal);
        }
    }

    /// <summary>Waits for the end; after the grace period, kills. Returns once the kernel has removed the process.</summary>
    internal unsafe void Reap(TimeSpan grace)
    {
        long start = Stopwatch.GetTimestamp();
        while (!_reaped)
        {
            bool patient = Stopwatch.GetElapsedTime(start) < grace;
            if (!patient)
            {
                Signal(Libc.SIGKILL);
            }

            int result = Libc.waitpid(Pid, null, patient ? Libc.WNOHANG : 0);
            _reaped = result == Pid || (result < 0 && Marshal.GetLastPInvokeError() == Libc.ECHILD);
            if (!_reaped && patient)
            {
                Thread.Sleep(1);
            }
        }
    }

    private static void Require(int errno, string call)
    {
        if (errno != 0)
        {
            throw new SystemCallException(call, errno);
        }
    }

    private static unsafe byte** CStrings(IReadOnlyList<string> texts)
    {
        byte** array = (byte**)NativeMemory.Alloc((nuint)(texts.Count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < texts.Count; i++)
        {
            array[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        }

        array[texts.Count] = null;
        return array;
    }

    private static unsafe void Free(byte** array)
    {
        for (int i = 0; array[i] != null; i++)
        {
            Marshal.FreeCoTaskMem((nint)array[i]);
        }

        NativeMemory.Free(array);
    }
}
