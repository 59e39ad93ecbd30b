using FdExporter.Model;

namespace FdExporter.Diagnosis.Wording;

/// <summary>
/// The origin of the descriptor limit of a process. A limit is inherited by fork and exec, so one that differs from the parent's
/// was set in between: by the program itself, by the script that starts it, or by a login.
/// </summary>
/// <param name="Starter">The nearest ancestor of another program; null where it has ended or was not read.</param>
/// <param name="Other">An ancestor, or a process of the same program, with another limit although nothing between them sets one; null where there is none.</param>
/// <param name="IsLogin">Whether a login started the process: PAM sets limits there.</param>
internal readonly record struct LimitOrigin(ProcessSample? Starter, ProcessSample? Other, bool IsLogin)
{
    private const int MostAncestors = 32;

    /// <summary>The default soft limit of the kernel and systemd.</summary>
    private const ulong DefaultSoft = 1024;

    /// <summary>Programs that set limits by PAM (limits.conf) for the programs that they start.</summary>
    private static readonly HashSet<string> s_logins = new(StringComparer.Ordinal)
    {
        "sshd", "sshd-session", "login", "su", "sudo", "runuser", "cron", "crond", "atd", "gdm-session-wor", "sddm-helper", "lightdm",
    };

    internal static LimitOrigin Of(ProcessTable table, in ProcessSample process)
    {
        ProcessSample current = process;
        for (int i = 0; i < MostAncestors && Find(table, current.Facts.ParentPid) is { } parent && parent.Id != current.Id; i++)
        {
            // Service managers and container runtimes set limits for processes in another control group.
            if (parent.Facts.Owner != process.Facts.Owner || parent.Id.Pid == 1)
            {
                return new LimitOrigin(parent, OtherSibling(table, in process), false);
            }

            if (s_logins.Contains(parent.Facts.Comm))
            {
                return new LimitOrigin(parent, null, true);
            }

            if (Differs(process.Facts.Limits, parent.Facts.Limits))
            {
                return new LimitOrigin(parent, parent, false);
            }

            if (parent.Facts.Group != process.Facts.Group)
            {
                return new LimitOrigin(parent, OtherSibling(table, in process), false);
            }

            current = parent;
        }

        return new LimitOrigin(null, null, false);
    }

    private static ProcessSample? OtherSibling(ProcessTable table, in ProcessSample process)
    {
        foreach (ref readonly ProcessSample other in table.Processes.AsSpan())
        {
            if (other.Facts.ParentPid == process.Facts.ParentPid && other.Facts.Group == process.Facts.Group && other.Facts.Owner == process.Facts.Owner
                && Differs(process.Facts.Limits, other.Facts.Limits))
            {
                return other;
            }
        }

        return null;
    }

    /// <summary>
    /// Runtimes raise their soft limit to the hard one when they start (Go, Node.js, the JVM), and Go gives its children the soft limit
    /// that it had before: neither is a setting of the program.
    /// </summary>
    private static bool Differs(FdLimits? limits, FdLimits? others)
        => limits is not null && others is not null && limits != others
            && !(limits.Hard == others.Hard && (limits.Soft == limits.Hard || (others.Soft == others.Hard && limits.Soft == DefaultSoft)));

    private static ProcessSample? Find(ProcessTable table, int pid)
    {
        foreach (ref readonly ProcessSample process in table.Processes.AsSpan())
        {
            if (process.Id.Pid == pid)
            {
                return process;
            }
        }

        return null;
    }
}
