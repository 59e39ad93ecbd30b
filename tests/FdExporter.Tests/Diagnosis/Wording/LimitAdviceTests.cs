using FdExporter.Diagnosis.Wording;
using FdExporter.Model;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Diagnosis.Wording;

/// <summary>The advice for a process that runs out of descriptors: the cause, where its limit is set, and safe commands.</summary>
public class LimitAdviceTests
{
    private const string Container = "15b6e0aa55a9";

    [Theory]
    [InlineData(2048ul, 65536ul, 1_048_576ul, "while it runs: prlimit --pid 7 --nofile=4096:65536.")]
    [InlineData(40_000ul, 65536ul, 1_048_576ul, "while it runs: prlimit --pid 7 --nofile=65536:65536.")]
    [InlineData(2048ul, null, 1_048_576ul, "while it runs: prlimit --pid 7 --nofile=4096:1048576.")]
    [InlineData(2048ul, 2_000_000ul, 1_048_576ul, "while it runs: prlimit --pid 7 --nofile=4096:1048576.")]
    [InlineData(2048ul, null, null, "while it runs: prlimit --pid 7 --nofile=4096:4096.")]
    [InlineData(2048ul, 2048ul, 1_048_576ul, "and its hard limit while it runs, as root: prlimit --pid 7 --nofile=4096:4096.")]
    [InlineData(2048ul, 2048ul, null, "and its hard limit while it runs, as root: prlimit --pid 7 --nofile=4096:4096.")]
    [InlineData(600_000ul, 600_000ul, 1_048_576ul, "and its hard limit while it runs, as root: prlimit --pid 7 --nofile=1048576:1048576.")]
    [InlineData(1_048_576ul, 1_048_576ul, 1_048_576ul, "The limit has reached fs.nr_open (1 048 576), the maximum for every process. To gain time, raise both while it runs, as root: sysctl -w fs.nr_open=2097152, then prlimit --pid 7 --nofile=2097152:2097152.")]
    [InlineData(1_048_576ul, null, 1_048_576ul, "sysctl -w fs.nr_open=2097152, then prlimit --pid 7 --nofile=2097152:2097152.")]
    [InlineData(1ul << 30, 1ul << 30, 1ul << 30, "The limit has reached fs.nr_open (1 073 741 824), the maximum for every process: it cannot be raised.")]
    public void Number_IsOneThatTheKernelTakes(ulong soft, ulong? hard, ulong? nrOpen, string advice)
        => Assert.EndsWith(advice, AdviceFor(Process(soft, hard), nrOpen), StringComparison.Ordinal);

    [Theory]
    [InlineData(256ul, 512ul, false)]
    [InlineData(512ul, 1024ul, false)]
    [InlineData(1000ul, 4096ul, true)]
    [InlineData(1024ul, 4096ul, true)]
    [InlineData(1024ul, 1024ul, true)]
    [InlineData(1025ul, 4096ul, false)]
    public void AbsenceOfSelect_IsAskedFor_WhereALimitPassesWhatItCanHold(ulong soft, ulong hard, bool isWarned)
    {
        string advice = AdviceFor(Process(soft, hard), 1_048_576);
        Assert.Equal(isWarned, advice.Contains("Do this only if the program does not use select(): it would crash with more than 1 024 descriptors.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, false, "First list its descriptors: fd-exporter inspect 7. ")]
    [InlineData(true, false, "First find out what it opens and does not close (fd-exporter inspect 7): no limit is high enough for a leak. ")]
    [InlineData(true, true, "First check its sockets in CLOSE_WAIT (fd-exporter inspect 7): no limit is high enough for a leak. ")]
    public void Cause_ComesFirst(bool isClimbing, bool isOfCloseWait, string start)
    {
        ProcessSample process = Process(1024, 4096);
        string advice = LimitAdvice.Of(Snapshots.Of(process), in process, isClimbing, isOfCloseWait);
        Assert.StartsWith(start, advice, StringComparison.Ordinal);
        Assert.True(advice.IndexOf("Permanent setting:", StringComparison.Ordinal) is > 0 and var forGood && advice.IndexOf("prlimit", StringComparison.Ordinal) > forGood, advice);
    }

    [Theory]
    [InlineData("payment.service", "", "", "Permanent setting: LimitNOFILE= of payment.service.")]
    [InlineData("session-4.scope", "", "", "Permanent setting: nofile in /etc/security/limits.conf, effective from the next login.")]
    [InlineData("user@1000.service", "", "", "Permanent setting: nofile in /etc/security/limits.conf, effective from the next login.")]
    [InlineData("user@1000.service/payment.service", "", "", "Permanent setting: LimitNOFILE= of payment.service, which runs under user@1000.service (of a user: systemctl --user edit), up to the hard limit of that unit.")]
    [InlineData("user@1000.service/app-gnome-xterm-7.scope", "", "", "Permanent setting: nofile in /etc/security/limits.conf, effective from the next login.")]
    [InlineData("user@1000.service", "user@1000.service/" + Container, "", "Permanent setting: --ulimit nofile=SOFT:HARD of the container, ulimits: in its compose file, or the default of its runtime (default-ulimits in Docker's daemon.json).")]
    [InlineData("run-u7.scope", "", "", "Permanent setting: ulimit -n before bash (pid 3) starts it; it inherits that limit.")]
    [InlineData("", "", "", "Permanent setting: ulimit -n before bash (pid 3) starts it; it inherits that limit.")]
    [InlineData("payment.service", Container, "", "Permanent setting: --ulimit nofile=SOFT:HARD of the container, ulimits: in its compose file, or the default of its runtime (default-ulimits in Docker's daemon.json).")]
    [InlineData("app.service", "build-host", "", "Permanent setting: the limit of the container (LXC: lxc.prlimit.nofile, systemd-nspawn: --rlimit=RLIMIT_NOFILE=), or LimitNOFILE= of the unit inside.")]
    [InlineData("", Container, "c8bad552-5c99-4d4f-b71c-c426c0cde014", "Permanent setting: a pod has no field for it; the container runtime sets it (LimitNOFILE= of containerd.service, default_ulimits of CRI-O), or ulimit -n in the image's start script.")]
    public void PlaceToSetIt_IsThatOfWhatRunsTheProcess(string unit, string container, string pod, string advice)
        => Assert.Equal(advice, Plain(LimitAdvice.PermanentSetting(
            Table(Of(3, "bash", 1, 1024, 4096, new CgroupOwner(unit, container, pod)), Of(7, "app", 3, 1024, 4096, new CgroupOwner(unit, container, pod))),
            Of(7, "app", 3, 1024, 4096, new CgroupOwner(unit, container, pod)))));

    [Theory]
    [InlineData("supervisord", "supervisor.service", "Permanent setting: minfds in supervisord.conf, which applies to everything that supervisord starts.")]
    [InlineData("runsv", "", "Permanent setting: chpst -o NUMBER in the service's run script.")]
    [InlineData("sshd", "", "Permanent setting: nofile in /etc/security/limits.conf, effective from the next login.")]
    [InlineData("cron", "cron.service", "Permanent setting: nofile in /etc/security/limits.conf, effective from the next login.")]
    public void Starter_ThatSetsLimits_IsNamedWithItsSetting(string starter, string unit, string advice)
    {
        CgroupOwner owner = CgroupOwner.None with { Unit = unit };
        Assert.Equal(advice, LimitAdvice.PermanentSetting(Table(Of(3, starter, 1, 1024, 4096, owner), Of(7, "app", 3, 1024, 4096, owner)), Of(7, "app", 3, 1024, 4096, owner)));
    }

    [Fact]
    public void Parent_ThatHasEnded_IsNotNamed()
        => Assert.Equal("Permanent setting: ulimit -n in what starts it.", LimitAdvice.PermanentSetting(Table(), Of(7, "app", 3, 1024, 4096)));

    /// <summary>The parent's limits compared with those of a process that has 200:200, 1024:4096 or 4096:4096.</summary>
    [Theory]
    [InlineData(200ul, 200ul, 200ul, 200ul, false)]
    [InlineData(200ul, 200ul, 20_000ul, 20_000ul, true)]
    [InlineData(200ul, 20_000ul, 20_000ul, 20_000ul, true)]
    [InlineData(20_000ul, 20_000ul, 1024ul, 4096ul, true)]
    [InlineData(4096ul, 4096ul, 1024ul, 4096ul, false)] // Node.js, Go and the JVM raise the soft limit as far as it goes
    [InlineData(1024ul, 4096ul, 4096ul, 4096ul, false)] // Go gives its children what it had itself
    public void LimitUnlikeTheParents_IsTheProgramsOwn(ulong soft, ulong hard, ulong parentSoft, ulong parentHard, bool isOwn)
    {
        CgroupOwner owner = CgroupOwner.None with { Unit = "app.service" };
        string advice = Plain(LimitAdvice.PermanentSetting(Table(Of(3, "start.sh", 1, parentSoft, parentHard, owner)), Of(7, "app", 3, soft, hard, owner)));
        Assert.Equal(
            isOwn
                ? $"Its limit is not inherited: its parent start.sh (pid 3) has {Plain(HumanText.Number(parentSoft))}. The program set it itself, or the script that starts it did (ulimit -n): check its configuration."
                : "Permanent setting: LimitNOFILE= of app.service.",
            advice);
    }

    /// <summary>systemd, a container's runtime and pid 1 set separate limits for what they start.</summary>
    [Theory]
    [InlineData(1, "systemd", "app.service")]
    [InlineData(900, "containerd-shim", "containerd.service")]
    public void LimitUnlikeThatOfAServiceManager_IsNotTheProgramsOwn(int pid, string manager, string unit)
    {
        CgroupOwner owner = CgroupOwner.None with { Unit = "app.service" };
        Assert.Equal(
            "Permanent setting: LimitNOFILE= of app.service.",
            LimitAdvice.PermanentSetting(Table(Of(pid, manager, 0, 1_048_576, 1_048_576, CgroupOwner.None with { Unit = unit })), Of(7, "app", pid, 200, 200, owner)));
    }

    [Theory]
    [InlineData("nginx", "Its limit is not inherited: nginx (pid 3) has 1 024. Permanent setting: worker_rlimit_nofile (nginx.conf).")]
    [InlineData("app", "Its limit is not inherited: app (pid 3) has 1 024. The program set it itself, or the script that starts it did (ulimit -n): check its configuration.")]
    public void LimitUnlikeTheMasters_IsSetInItsOwnConfiguration(string program, string advice)
    {
        CgroupOwner owner = CgroupOwner.None with { Unit = "web.service" };
        Assert.Equal(advice, Plain(LimitAdvice.PermanentSetting(Table(Of(1, "systemd", 0, 1, 1), Of(3, program, 1, 1024, 524_288, owner)), Of(7, program, 3, 200, 200, owner))));
    }

    [Fact]
    public void LimitUnlikeASiblings_IsTheProgramsOwn_AndThatOfAnotherUnitIsNot()
    {
        CgroupOwner owner = CgroupOwner.None with { Unit = "app@1.service" };
        ProcessSample process = Of(7, "app", 1, 200, 200, owner);
        ProcessSample manager = Of(1, "systemd", 0, 1_048_576, 1_048_576);
        Assert.Contains("app (pid 8) has 4 096", Plain(LimitAdvice.PermanentSetting(Table(manager, process, Of(8, "app", 1, 4096, 4096, owner)), process)), StringComparison.Ordinal);
        Assert.DoesNotContain("not inherited", LimitAdvice.PermanentSetting(Table(manager, process, Of(8, "app", 1, 4096, 4096, owner with { Unit = "app@2.service" })), process), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("memcached", "memcached may also set it itself: -c (connections).")]
    [InlineData("redis-server", "redis-server may also set it itself: maxclients (redis.conf).")]
    [InlineData("php-fpm8.2", "php-fpm8.2 may also set it itself: rlimit_files (php-fpm.conf, or of the pool).")]
    [InlineData("squid", "squid may also set it itself: max_filedescriptors (squid.conf).")]
    public void KnownProgram_HasItsSettingInTheAdvice_WhenItsParentShowsNothing(string program, string setting)
    {
        CgroupOwner owner = CgroupOwner.None with { Unit = "x.service" };
        Assert.Equal($"Permanent setting: LimitNOFILE= of x.service. {setting}", LimitAdvice.PermanentSetting(Table(Of(1, "systemd", 0, 1, 1)), Of(7, program, 1, 200, 200, owner)));
    }

    private static string AdviceFor(ProcessSample process, ulong? nrOpen)
        => Plain(LimitAdvice.Of(Snapshots.Of(process) with { FileHandles = nrOpen is null ? null : new FileHandles(1, 2, nrOpen) }, in process, false, false));

    private static string Plain(string text) => text.Replace('\u00a0', ' ');

    private static ProcessSample Process(ulong soft, ulong? hard) => Of(7, "app", 3, soft, hard);

    private static ProcessSample Of(int pid, string program, int parent, ulong soft, ulong? hard, CgroupOwner? owner = null)
    {
        ProcessSample process = Snapshots.Process(pid, program, 5);
        return process with { Facts = process.Facts with { ParentPid = parent, Limits = new FdLimits(soft, hard), Owner = owner ?? CgroupOwner.None } };
    }

    private static ProcessTable Table(params ProcessSample[] processes) => Snapshots.Of(processes).Processes!;
}
