using System.Globalization;
using FdExporter.Model;

namespace FdExporter.Diagnosis.Wording;

/// <summary>
/// Advice for a process that runs out of descriptors: first the cause, then where its limit is set, last how to raise it while it
/// runs, which can do harm.
/// </summary>
internal static class LimitAdvice
{
    /// <summary>select(2) supports this many descriptors: beyond that the program writes past the end of its memory, or is aborted.</summary>
    private const ulong SelectLimit = 1024;

    /// <summary>The kernel accepts no more for fs.nr_open, rounded down to a power of two.</summary>
    private const ulong MostNrOpen = 1UL << 30;

    /// <summary>Programs that start services and have a setting of their own for the limit.</summary>
    private static readonly Dictionary<string, string> s_supervisors = new(StringComparer.Ordinal)
    {
        ["supervisord"] = "minfds in supervisord.conf, which applies to everything that supervisord starts",
        ["runsv"] = "chpst -o NUMBER in the service's run script",
        ["s6-supervise"] = "s6-softlimit -o NUMBER in the service's run script",
        ["supervise"] = "softlimit -o NUMBER in the service's run script",
    };

    internal static string Of(HostSnapshot snapshot, in ProcessSample process, bool isClimbing, bool isOfCloseWait)
    {
        if (process.Facts.Limits is not { Soft: { } soft } limits || snapshot.Processes is not { } table)
        {
            return "";
        }

        string inspect = $"fd-exporter inspect {HumanText.Pid(process.Id)}";
        string cause = isOfCloseWait ? $"First check its sockets in CLOSE_WAIT ({inspect}): no limit is high enough for a leak."
            : isClimbing ? $"First find out what it opens and does not close ({inspect}): no limit is high enough for a leak."
            : $"First list its descriptors: {inspect}.";
        return $"{cause} {PermanentSetting(table, in process)} {WhileItRuns(process.Id.Pid, soft, limits.Hard, snapshot.FileHandles?.NrOpen)}";
    }

    /// <summary>Where the limit of this process is set.</summary>
    internal static string PermanentSetting(ProcessTable table, in ProcessSample process)
    {
        LimitOrigin origin = LimitOrigin.Of(table, in process);
        string? setting = LimitSettings.Of(process.Facts.Comm);
        if (origin.Other is { } other)
        {
            string whose = other.Facts.Group == process.Facts.Group ? $"{other.Facts.Group} (pid\u00a0{HumanText.Pid(other.Id)})" : $"its parent {other.Facts.Group} (pid\u00a0{HumanText.Pid(other.Id)})";
            string differs = $"Its limit is not inherited: {whose} has {HumanText.Limit(other.Facts.Limits?.Soft)}.";
            return setting is not null
                ? $"{differs} Permanent setting: {setting}."
                : $"{differs} The program set it itself, or the script that starts it did (ulimit -n): check its configuration.";
        }

        string also = setting is null ? "" : $" {process.Facts.Group} may also set it itself: {setting}.";
        return $"Permanent setting: {SetBy(in process, in origin)}.{also}";
    }

    private static string SetBy(in ProcessSample process, in LimitOrigin origin)
    {
        CgroupOwner owner = process.Facts.Owner;
        if (origin.Starter is { } starter && (s_supervisors.TryGetValue(starter.Facts.Comm, out string? setting) || s_supervisors.TryGetValue(starter.Facts.Group, out setting)))
        {
            return setting;
        }

        if (owner.Pod.Length > 0)
        {
            return "a pod has no field for it; the container runtime sets it (LimitNOFILE= of containerd.service, default_ulimits of CRI-O), or ulimit -n in the image's start script";
        }

        if (owner.Container.Length > 0)
        {
            return IsId(owner.Container[(owner.Container.IndexOf('/', StringComparison.Ordinal) + 1)..])
                ? "--ulimit nofile=SOFT:HARD of the container, ulimits: in its compose file, or the default of its runtime (default-ulimits in Docker's daemon.json)"
                : "the limit of the container (LXC: lxc.prlimit.nofile, systemd-nspawn: --rlimit=RLIMIT_NOFILE=), or LimitNOFILE= of the unit inside";
        }

        // A unit below another unit gets at most the limit of that unit.
        if (owner.Unit.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && !owner.Unit.EndsWith(".scope", StringComparison.Ordinal))
        {
            return $"LimitNOFILE= of {owner.Unit[(slash + 1)..]}, which runs under {owner.Unit[..slash]} (of a user: systemctl --user edit), up to the hard limit of that unit";
        }

        bool isSession = owner.Unit.StartsWith("session-", StringComparison.Ordinal) && owner.Unit.EndsWith(".scope", StringComparison.Ordinal);
        return origin.IsLogin || isSession || owner.Unit.StartsWith("user@", StringComparison.Ordinal)
            ? "nofile in /etc/security/limits.conf, effective from the next login"
            : owner.Unit.Length > 0 && !owner.Unit.EndsWith(".scope", StringComparison.Ordinal) ? $"LimitNOFILE= of {owner.Unit}"
            : origin.Starter is { } parent ? $"ulimit -n before {parent.Facts.Group} (pid\u00a0{HumanText.Pid(parent.Id)}) starts it; it inherits that limit"
            : "ulimit -n in what starts it";
    }

    private static string WhileItRuns(int pid, ulong soft, ulong? hard, ulong? nrOpen)
    {
        // The kernel refuses a hard limit above fs.nr_open (EPERM), also an existing one.
        ulong most = Math.Min(hard ?? ulong.MaxValue, nrOpen ?? ulong.MaxValue);
        ulong twice = soft > ulong.MaxValue / 2 ? soft : soft * 2;
        if (soft < most)
        {
            ulong number = Math.Min(twice, most);
            ulong newHard = most == ulong.MaxValue ? number : most;
            return $"To gain time, raise it while it runs: {Prlimit(pid, number, newHard)}.{SelectWarning(soft, number)}";
        }

        if (nrOpen is not { } bound || hard < bound)
        {
            ulong number = Math.Min(twice, nrOpen ?? ulong.MaxValue);
            return $"To gain time, raise it and its hard limit while it runs, as root: {Prlimit(pid, number, number)}.{SelectWarning(soft, number)}";
        }

        string atBound = $"The limit has reached fs.nr_open ({HumanText.Number(bound)}), the maximum for every process";
        ulong raised = Math.Min(bound > MostNrOpen ? bound : bound * 2, MostNrOpen);
        return raised <= bound ? $"{atBound}: it cannot be raised."
            : FormattableString.Invariant($"{atBound}. To gain time, raise both while it runs, as root: sysctl -w fs.nr_open={raised}, then {Prlimit(pid, raised, raised)}.{SelectWarning(soft, raised)}");
    }

    private static string Prlimit(int pid, ulong soft, ulong hard) => string.Create(CultureInfo.InvariantCulture, $"prlimit --pid {pid} --nofile={soft}:{hard}");

    private static string SelectWarning(ulong soft, ulong number)
        => soft <= SelectLimit && number > SelectLimit
            ? $" Do this only if the program does not use select(): it would crash with more than {HumanText.Number(SelectLimit)} descriptors."
            : "";

    /// <summary>The first digits of an id as Docker, containerd, CRI-O and podman give it; LXC and systemd-nspawn have names.</summary>
    private static bool IsId(string container)
    {
        foreach (char each in container)
        {
            if (!char.IsAsciiHexDigitLower(each))
            {
                return false;
            }
        }

        return container.Length == 12;
    }
}
