using System.Globalization;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>The packages installed, and their service run by a real systemd with every restriction of the unit.</summary>
public class ServiceTests(Packages packages)
{
    private const string MainPid = "systemctl show -P MainPID fd-exporter";

    [Fact]
    public async Task Deb_InstalledUpgradedRemovedPurged_LeavesNothing()
    {
        await using Machine machine = await StartAsync();
        const string files = "find /etc /usr /var -name '*fd-exporter*' ! -path '/var/lib/dpkg/*' | sort";
        string before = await machine.RunAsync(files);
        await machine.RunAsync("dpkg -i /srv/*.deb");
        Assert.Equal("active enabled", await machine.RunAsync("echo $(systemctl is-active fd-exporter) $(systemctl is-enabled fd-exporter)"));
        string first = await machine.RunAsync(MainPid);
        Assert.Equal("fd-exporter fd-exporter", await machine.RunAsync($"stat -c '%U %G' /proc/{first}"));
        await machine.RunAsync("echo 'ARGS=\"--limits.top-processes=3\"' > /etc/default/fd-exporter; runuser -u fd-exporter -- touch /var/lib/fd-exporter/evidence");

        // A newer version installed over it: written files stay, the service is a new process.
        await machine.RunAsync("cd /srv; dpkg-deb -R *.deb newer; sed -i 's/^Version: .*/Version: 99-1/' newer/DEBIAN/control; dpkg-deb --root-owner-group -Zgzip -z1 -b newer newer.deb; dpkg --no-triggers -i newer.deb");
        Assert.Equal("active", await machine.RunAsync("systemctl is-active fd-exporter"));
        string second = await machine.RunAsync(MainPid);
        Assert.NotEqual(first, second);
        Assert.Contains("--limits.top-processes=3", await machine.RunAsync($"tr '\\0' ' ' < /proc/{second}/cmdline"), StringComparison.Ordinal);

        await machine.RunAsync("dpkg -r fd-exporter");
        Assert.NotEqual("active", (await machine.TryAsync("systemctl is-active fd-exporter")).Output.TrimEnd('\n'));
        await machine.RunAsync("test -e /etc/default/fd-exporter; test -e /var/lib/fd-exporter/evidence; test ! -e /usr/bin/fd-exporter; test ! -e /proc/" + second);

        await machine.RunAsync("dpkg -P fd-exporter");
        Assert.Equal(before, await machine.RunAsync(files));
        Assert.Equal("", (await machine.TryAsync("getent passwd fd-exporter; getent group fd-exporter; find /var/lib/dpkg -name 'fd-exporter*'; systemctl list-units --all --no-legend 'fd-exporter*'")).Output);
    }

    [Fact]
    public async Task Unit_UnderAllItsLimits_SeesEveryProcessAndItsSockets()
    {
        await using Machine machine = await InstallAsync();
        await machine.RunAsync("systemd-run --unit=holder systemd-socket-activate -l 127.0.0.1:7000 true");
        await machine.EventuallyAsync("1", "ss -Hltn sport = :7000 | wc -l");
        Metrics metrics = await machine.ScrapeAsync();
        Assert.Equal(0, metrics["fd_exporter_processes{visibility=\"count_only\"}"]);
        Assert.Equal(0, metrics["fd_exporter_processes{visibility=\"none\"}"]);
        Assert.True(metrics["fd_exporter_processes{visibility=\"full\"}"] >= 3);
        Assert.Equal(1, metrics["fd_exporter_source_info{tcp=\"sock_diag\",fd_count=\"stat\"}"]);
        Assert.Equal(1, metrics["fd_group_tcp_sockets{group=\"systemd-socket-activate\",state=\"listen\"}"]);
        Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));

        // Exactly the rights of the unit; seccomp is on.
        string status = await machine.RunAsync($"cat /proc/$({MainPid})/status");
        foreach (string line in (string[])["CapPrm:\t0000000000080004", "CapEff:\t0000000000080004", "CapBnd:\t0000000000080004", "NoNewPrivs:\t1", "Seccomp:\t2"])
        {
            Assert.Contains(line + "\n", status, StringComparison.Ordinal);
        }

        // It may write to its folder and nowhere else.
        Assert.Equal("700 fd-exporter", await machine.RunAsync("stat -c '%a %U' /var/lib/fd-exporter"));
        Assert.Contains(" ro,", await machine.RunAsync($"grep -E ' / / ' /proc/$({MainPid})/mountinfo"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evidence_IsWrittenToTheFolderOfTheService()
    {
        await using Machine machine = await InstallAsync();
        await machine.RunAsync("echo 'ARGS=\"--evidence.directory=/var/lib/fd-exporter/evidence\"' > /etc/default/fd-exporter; systemctl restart fd-exporter");

        // It holds 11 of 12 descriptors. (Where the machine is a pid namespace, the machine's handles have no known holder.)
        string open = string.Join(' ', Enumerable.Range(3, 8).Select(static fd => FormattableString.Invariant($"{fd}</dev/null")));
        await machine.RunAsync($"systemd-run --unit=near -p LimitNOFILE=12 bash -c 'exec {open}; exec sleep 300'");
        await machine.ScrapeAsync();
        await machine.EventuallyAsync("600 fd-exporter", "stat -c '%a %U' /var/lib/fd-exporter/evidence/fd-evidence-*.json");
    }

    [Fact]
    public async Task Reload_GoodThenBadRules_AreInTheStatus_AndTheServiceGoesOn()
    {
        await using Machine machine = await InstallAsync();
        await machine.RunAsync("mkdir /etc/fd-exporter; echo 'process_names: [{name: first, comm: [systemd]}]' > /etc/fd-exporter/rules.yml; echo 'ARGS=\"--config.file=/etc/fd-exporter/rules.yml\"' > /etc/default/fd-exporter; systemctl restart fd-exporter");
        Assert.StartsWith("Serving at http://", await machine.RunAsync("systemctl show -P StatusText fd-exporter"), StringComparison.Ordinal);
        string pid = await machine.RunAsync(MainPid);
        await machine.RunAsync("sed -i s/first/second/ /etc/fd-exporter/rules.yml; systemctl reload fd-exporter");
        await machine.EventuallyAsync("Rules reloaded running", "echo $(systemctl show -P StatusText -P SubState fd-exporter)");
        Assert.True((await machine.ScrapeAsync()).Has("fd_group_processes{group=\"second\"}"));
        await machine.RunAsync("echo nonsense > /etc/fd-exporter/rules.yml; systemctl reload fd-exporter");
        await machine.EventuallyAsync("1", "systemctl show -P StatusText fd-exporter | grep -c '^Rules not reloaded, the old ones stay: /etc/fd-exporter/rules.yml'");
        Assert.True((await machine.ScrapeAsync()).Has("fd_group_processes{group=\"second\"}"));
        Assert.Equal(pid, await machine.RunAsync(MainPid));

        // The journal knows the level of each line.
        Assert.Contains("Rules not reloaded", await machine.RunAsync("journalctl -u fd-exporter -p err -o cat _PID=" + pid), StringComparison.Ordinal);
        Assert.StartsWith("time=", await machine.RunAsync($"journalctl -u fd-exporter -p info -o cat _PID={pid}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WebConfigExample_ServesTlsAndAsksForThePassword()
    {
        await using Machine machine = await InstallAsync();
        await machine.RunAsync("""
            install -d -m 750 -g fd-exporter /etc/fd-exporter
            cd /etc/fd-exporter
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout tls.key -out tls.crt 2> /dev/null
            hash=$(perl -e 'print crypt("secret", "\$2y\$04\$abcdefghijklmnopqrstuu")')
            sed "s/^# basic_auth/basic_auth/; s|^#   prometheus: .*|  prometheus: $hash|" /usr/share/doc/fd-exporter/examples/web-config.yml > web-config.yml
            chgrp fd-exporter *
            chmod 640 *
            echo 'ARGS="--web.config.file=/etc/fd-exporter/web-config.yml"' > /etc/default/fd-exporter
            systemctl restart fd-exporter
            """);
        Assert.Equal("401", await machine.RunAsync("curl -sS --cacert /etc/fd-exporter/tls.crt -o /dev/null -w '%{http_code}' https://localhost:10070/metrics"));
        Assert.Equal("200", await machine.RunAsync("curl -sS --cacert /etc/fd-exporter/tls.crt -u prometheus:secret -o /dev/null -w '%{http_code}' https://localhost:10070/metrics"));
    }

    [Fact]
    public async Task Check_WithTheRightsOfTheService_AsTheReadmeSays()
    {
        await using Machine machine = await InstallAsync();
        string command = Documents.CommandsAfter(Path.Combine("deploy", "README.md"), "what the service can see here");
        string output = await machine.RunAsync(command);
        Assert.Contains("blind", await machine.RunAsync("runuser -u fd-exporter -- fd-exporter check --web.listen-address=:0 || true"), StringComparison.Ordinal);
        Assert.DoesNotContain("blind", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAPackage_TheCommandsOfTheReadme_StartTheService()
    {
        string units = Path.Combine(Repository.Root, "deploy", "systemd");
        await using Machine machine = await Machine.StartAsync(NativeBuild.Binary, Path.Combine(units, "fd-exporter.service"), Path.Combine(units, "sysusers.conf"));
        await machine.RunAsync("cd /srv; install -D -t deploy/systemd fd-exporter.service sysusers.conf; "
            + Documents.CommandsAfter("README.md", "**Without a package.**"));
        Assert.Equal("active enabled", await machine.RunAsync("echo $(systemctl is-active fd-exporter) $(systemctl is-enabled fd-exporter)"));
        Assert.Equal(0, (await machine.ScrapeAsync())["fd_exporter_processes{visibility=\"count_only\"}"]);
    }

    [Fact]
    public async Task Watchdog_ExporterThatHangs_IsRestarted()
    {
        await using Machine machine = await InstallAsync();
        await machine.RunAsync("mkdir -p /run/systemd/system/fd-exporter.service.d; printf '[Service]\\nWatchdogSec=2s\\nRestartSec=0\\n' > /run/systemd/system/fd-exporter.service.d/soon.conf; systemctl daemon-reload; systemctl restart fd-exporter");
        string pid = await machine.RunAsync(MainPid);

        // It is not restarted while it answers, even for longer than the watchdog would allow without a signal.
        string started = await machine.RunAsync("systemctl show -P ExecMainStartTimestampMonotonic fd-exporter");
        await machine.EventuallyAsync("0", $"test $(systemctl show -P WatchdogTimestampMonotonic fd-exporter) -gt $(({started} + 2500000)) && systemctl show -P NRestarts fd-exporter");
        await machine.RunAsync($"kill -STOP {pid}");
        await machine.EventuallyAsync("1", "systemctl show -P NRestarts fd-exporter");
        await machine.EventuallyAsync("active", "systemctl is-active fd-exporter");
        Assert.NotEqual(pid, await machine.RunAsync(MainPid));
        Assert.Contains("Watchdog timeout", await machine.RunAsync("journalctl -u fd-exporter -o cat"), StringComparison.Ordinal);
        await machine.ScrapeAsync();
    }

    [Fact]
    public async Task NetworkNamespaces_WithTheDropIn_AreReadByNetlink()
    {
        await using Machine machine = await InstallAsync();
        await machine.RunAsync("systemd-run --unit=other -p PrivateNetwork=yes systemd-socket-activate -l 127.0.0.1:7000 true");
        const string inside = $"comm -12 <(ls -l /proc/$({MainPid})/fd | grep -oP 'socket:\\[\\K[0-9]+' | sort) <(awk 'NR > 1 {{ print $10 }}' /proc/$(systemctl show -P MainPID other)/net/netlink | sort) | wc -l";
        const string listening = "curl -sS localhost:10070/metrics | grep -c '^fd_tcp_sockets{netns=\"other.service\",state=\"listen\"} 1$'";
        await machine.EventuallyAsync("1", listening);
        Assert.Equal("0", await machine.RunAsync(inside));
        await machine.RunAsync("install -D -m 644 /usr/share/doc/fd-exporter/examples/network-namespaces.conf /etc/systemd/system/fd-exporter.service.d/network-namespaces.conf; systemctl daemon-reload; systemctl restart fd-exporter");
        await machine.EventuallyAsync("1", listening);
        Assert.Equal("1", await machine.RunAsync(inside));
        Assert.Contains("CapEff:\t0000000000281004\n", await machine.RunAsync($"cat /proc/$({MainPid})/status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unit_IsCleanAndHardened()
    {
        await using Machine machine = await InstallAsync();
        (int exitCode, string output, string error) = await machine.TryAsync("systemd-analyze verify fd-exporter.service");
        Assert.Equal((0, "", ""), (exitCode, output, error));
        string security = await machine.RunAsync("systemd-analyze security --offline=true --threshold=25 /lib/systemd/system/fd-exporter.service | tail -1");
        Assert.Contains("Overall exposure level for fd-exporter.service: ", security, StringComparison.Ordinal);
        string score = security.Split(": ")[1].Split(' ')[0];
        Assert.True(double.Parse(score, CultureInfo.InvariantCulture) < 2.5, security);
    }

    [Fact]
    public async Task Rpm_InstalledUpgradedErased()
    {
        await using Machine machine = await StartAsync();

        // Debian's rpm database has none of Debian's packages, so no C library.
        await machine.RunAsync("rpm --force-debian -i --nodeps /srv/*.rpm");
        Assert.Equal("inactive", (await machine.TryAsync("systemctl is-active fd-exporter")).Output.TrimEnd('\n'));
        await machine.RunAsync("systemctl enable --now fd-exporter");
        Assert.Equal(0, (await machine.ScrapeAsync())["fd_exporter_processes{visibility=\"count_only\"}"]);
        string pid = await machine.RunAsync(MainPid);
        await machine.RunAsync("echo 'ARGS=\"--limits.top-processes=3\"' > /etc/default/fd-exporter; rpm --force-debian -U --replacepkgs --nodeps /srv/*.rpm");
        Assert.Equal("active", await machine.RunAsync("systemctl is-active fd-exporter"));
        string second = await machine.RunAsync(MainPid);
        Assert.NotEqual(pid, second);
        Assert.Contains("--limits.top-processes=3", await machine.RunAsync($"tr '\\0' ' ' < /proc/{second}/cmdline"), StringComparison.Ordinal);
        await machine.RunAsync("rpm --force-debian -e --nodeps fd-exporter; test ! -e /usr/bin/fd-exporter; test ! -e /usr/share/fd-exporter; test ! -e /proc/" + second);
        Assert.Equal("", await machine.RunAsync("find /etc/systemd /usr/lib/systemd -name 'fd-exporter*'"));
    }

    private async Task<Machine> InstallAsync()
    {
        Machine machine = await StartAsync();
        try
        {
            // The index of all manual pages takes longer than the rest.
            await machine.RunAsync("dpkg --no-triggers -i /srv/*.deb");
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    private async Task<Machine> StartAsync() => await Machine.StartAsync(await packages.DebAsync(), await packages.RpmAsync());
}
