using System.Buffers.Text;
using FdExporter.Linux.Native;

namespace FdExporter.Linux.Procfs;

/// <summary>
/// <c>/proc/PID/status</c>: state, thread group, tracer, users, capabilities and confinement. Source: proc_pid_status(5). The
/// owner of the folder <c>/proc/PID</c> would be cheaper, but is root if the process is not dumpable. Gone if the process
/// exited; Denied under hidepid=1.
/// </summary>
/// <param name="ThreadGroup">The pid; a different number in the folder of a thread, which exists but is not listed. Null if missing.</param>
internal readonly record struct ProcessStatus(uint EffectiveUid, ulong? ThreadGroup)
{
    /// <summary>The tracing process, usually a debugger; 0 if none, or if it is outside the pid namespace of this procfs.</summary>
    internal int Tracer { get; private init; }

    /// <summary>Whether real, effective and saved user are the same; otherwise some resources may belong to another user.</summary>
    internal bool IsOfOneUser { get; private init; }

    /// <summary>In uninterruptible sleep in the kernel (D).</summary>
    internal bool IsWaiting { get; private init; }

    /// <summary>Null if missing.</summary>
    internal CapabilitySet? Effective { get; private init; }

    /// <summary>Programs that it starts gain no privileges. Null if missing.</summary>
    internal bool? HasNoNewPrivileges { get; private init; }

    /// <summary>0: all system calls, 1: four of them, 2: those that a filter allows. Null if missing.</summary>
    internal ulong? Seccomp { get; private init; }

    // State:	S (sleeping)
    // Tgid:	11342
    // TracerPid:	0
    // Uid:	1000	1000	1000	1000        (real, effective, saved set, file system)
    // CapEff:	000001ffffffffff
    // NoNewPrivs:	1
    // Seccomp:	2
    internal static bool TryParse(ReadOnlySpan<byte> text, out ProcessStatus value)
    {
        value = default;
        bool hasUser = false;
        ByteReader lines = new(text);
        while (lines.TryTakeLine(out ReadOnlySpan<byte> line))
        {
            if (!hasUser && line.StartsWith("State:\tD"u8))
            {
                value = value with { IsWaiting = true };
            }
            else if (!hasUser && TryTake(line, "Tgid:\t"u8, out ReadOnlySpan<byte> rest))
            {
                value = value with { ThreadGroup = ByteReader.TryParseUInt64(rest, out ulong pid) ? pid : null };
            }
            else if (!hasUser && TryTake(line, "TracerPid:\t"u8, out rest))
            {
                value = value with { Tracer = ByteReader.TryParseUInt64(rest, out ulong pid) && pid <= int.MaxValue ? (int)pid : 0 };
            }
            else if (!hasUser && TryTake(line, "Uid:"u8, out rest))
            {
                hasUser = TryParseUsers(rest, ref value);
                if (!hasUser)
                {
                    break;
                }
            }
            else if (value.Effective is null && TryTake(line, "CapEff:\t"u8, out rest))
            {
                value = value with { Effective = Utf8Parser.TryParse(rest, out ulong bits, out int length, 'x') && length == rest.Length && length == 16 ? new CapabilitySet(bits) : null };
            }
            else if (value.HasNoNewPrivileges is null && TryTake(line, "NoNewPrivs:\t"u8, out rest))
            {
                value = value with { HasNoNewPrivileges = ByteReader.TryParseUInt64(rest, out ulong isSet) && isSet <= 1 ? isSet == 1 : null };
            }
            else if (TryTake(line, "Seccomp:\t"u8, out rest))
            {
                value = value with { Seccomp = ByteReader.TryParseUInt64(rest, out ulong mode) ? mode : null };
                break;
            }
        }

        value = hasUser ? value : default;
        return hasUser;
    }

    private static bool TryTake(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> rest)
    {
        bool isIt = line.StartsWith(name);
        rest = isIt ? line[name.Length..] : default;
        return isIt;
    }

    private static bool TryParseUsers(ReadOnlySpan<byte> text, ref ProcessStatus value)
    {
        ByteReader fields = new(text);
        bool isWhole = fields.TryTakeUInt64(out ulong real) & fields.TryTakeUInt64(out ulong effective) & fields.TryTakeUInt64(out ulong saved)
            & fields.TrySkipFields(1) & effective <= uint.MaxValue;
        value = value with { EffectiveUid = isWhole ? (uint)effective : 0, IsOfOneUser = real == effective && saved == effective };
        return isWhole;
    }

    internal static ReadStatus TryRead(ProcFs procFs, ProcFolder folder, Span<byte> buffer, out ProcessStatus value)
    {
        value = default;
        ReadStatus status = procFs.TryReadOnce(ProcPath.Of(folder, "status"u8), buffer, out ReadOnlySpan<byte> text);
        return status != ReadStatus.Ok ? status : TryParse(text, out value) ? ReadStatus.Ok : ReadStatus.Malformed;
    }
}
