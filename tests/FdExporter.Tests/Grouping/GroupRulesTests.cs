using FdExporter.Configuration;
using FdExporter.Grouping;
using FdExporter.Model;

namespace FdExporter.Tests.Grouping;

public class GroupRulesTests
{
    private static readonly DateTimeOffset Start = new(2017, 10, 20, 0, 52, 51, 190, TimeSpan.FromHours(2));

    [Theory]
    [InlineData("bash", "-bash", "bash")]
    [InlineData("kworker/0:1", "", null)]
    public void NameOf_PackagedFile_IsTheCommOfProcessesWithArguments(string comm, string arguments, string? expected)
        => Assert.Equal(expected, Load("process-exporter-package").NameOf(Process(comm, arguments)));

    [Theory]
    [InlineData("bash", "/bin/login-shell", "login-shell")]
    [InlineData("bash", "", "bash")]
    [InlineData("postmaster", "/usr/lib/postgresql/15/bin/postgres -D /data", "postgres")]
    [InlineData("postmaster", "postgres", "postgres")]
    [InlineData("prometheus", "/usr/local/bin/prometheus --x", "prometheus")]
    [InlineData("prometheus", "/usr/bin/prometheus", null)]
    [InlineData("prometheus", "prometheus", null)]
    [InlineData("process-exporte", "/usr/local/bin/process-exporter -config.path /etc/p.yml", "/usr/local/bin/process-exporter:/etc/p.yml")]
    [InlineData("process-exporte", "/usr/local/bin/process-exporter -procnames bash", null)]
    [InlineData("process-exporte", "process-exporter -config.path /etc/p.yml", null)]
    public void NameOf_ReadmeExample_IsAsTheReadmeSays(string comm, string arguments, string? expected)
        => Assert.Equal(expected, Load("process-exporter-readme").NameOf(Process(comm, arguments)));

    [Theory]
    [InlineData("chromium-browse", "/usr/lib/chromium/chromium-browser", "chromium-browser")]
    [InlineData("upstart", "/sbin/upstart --user", "upstart:-user")]
    [InlineData("upstart", "/sbin/upstart", null)]
    public void NameOf_ReadmeHomeMachine_IsAsTheReadmeSays(string comm, string arguments, string? expected)
        => Assert.Equal(expected, Load("process-exporter-home").NameOf(Process(comm, arguments)));

    [Theory]
    [InlineData("postmaster", "/usr/bin/postmaster -D /data/pg", "postmaster:pg")]
    [InlineData("prometheus", "/usr/local/bin/prometheus", "/usr/local/bin/prometheus:23")]
    [InlineData("cat", "/bin/cat", "2017-10-19 22:52:51.19 +0000 UTC")]
    [InlineData("nginx", "nginx: worker process", "map[:nginx]")]
    [InlineData("sshd", "sshd: root", "root [/system.slice/ssh.service]")]
    [InlineData("node", "node /srv/shop/server.js", "server of /srv/shop")]
    public void NameOf_Template_PrintsWhatGoPrints(string comm, string arguments, string expected)
        => Assert.Equal(expected, Load("process-exporter-templates").NameOf(Process(comm, arguments)));

    [Fact]
    public void NameOf_OwnerFields_AreUnitContainerAndPod()
    {
        GroupRules rules = Load("owner");
        ProcessDescription process = Process("pause", "/pause") with { Owner = new CgroupOwner("a.service", "9ec39b91f3d7", "1e597579") };
        Assert.Equal("1e597579/9ec39b91f3d7", rules.NameOf(process));
        Assert.Equal("a.service", rules.NameOf(process with { Comm = "sh" }));
    }

    [Fact]
    public void NameOf_RuleWithNamesOfAPod_AppliesOnlyWhereTheyAreKnown()
    {
        GroupRules rules = new(RuleFile.Parse("rules.yml", """
            process_names:
              - {name: "{{.Namespace}}/{{.Workload}}/{{.ContainerName}}", cmdline: ['.*']}
              - {name: "{{.PodName}}", cmdline: ['.*']}
              - {name: "{{.Comm}}", cmdline: ['.*']}
            """));
        ProcessDescription process = Process("java", "java");
        Assert.Equal("java", rules.NameOf(process));
        process = process with { Owner = new CgroupOwner("", "9ec39b91f3d7", "uid") { Kubernetes = new("shop", "payment-7d9f5c6b8-x2x7k") } };
        Assert.Equal("payment-7d9f5c6b8-x2x7k", rules.NameOf(process));
        Assert.Equal("shop/payment/app", rules.NameOf(process with { Owner = process.Owner with { ContainerName = "app" } }));
    }

    [Fact]
    public void NameOf_EmptyName_IsNone() => Assert.Null(Load("owner").NameOf(Process("sh", "sh")));

    [Fact]
    public void LiteralNames_AreThoseWithoutFields_EachOnce()
        => Assert.Equal(["db", "two words"], new GroupRules(RuleFile.Parse("rules.yml", """
            process_names:
              - {name: db, comm: [postgres]}
              - {name: "{{.Comm}}", comm: [a]}
              - {name: "x{{.PID}}", comm: [b]}
              - {name: "two words", comm: [c]}
              - {name: db, comm: [mysqld]}
            """)).LiteralNames);

    [Fact]
    public void NameOf_NoRules_IsNone() => Assert.Null(new GroupRules(new RuleFile([])).NameOf(Process("sh", "sh")));

    [Fact]
    public void NameOf_SeveralRulesMatch_FirstWins()
    {
        GroupRules rules = Parse("process_names: [{name: one, comm: [sh]}, {name: two, comm: [sh, bash]}]");
        Assert.Equal("one", rules.NameOf(Process("sh", "sh")));
        Assert.Equal("two", rules.NameOf(Process("bash", "bash")));
    }

    [Theory]
    [InlineData("java", "java -Xmx1g -jar a.jar", "both")]
    [InlineData("java", "java -jar a.jar", null)]
    [InlineData("sh", "java -Xmx1g -jar a.jar", null)]
    public void NameOf_SeveralSelectors_AllMustMatch(string comm, string arguments, string? expected)
    {
        GroupRules rules = Parse("process_names: [{name: both, comm: [java], exe: [java], cmdline: [-jar, -Xmx]}]");
        Assert.Equal(expected, rules.NameOf(Process(comm, arguments)));
    }

    [Theory]
    [InlineData("comm: []", null)]
    [InlineData("exe: []", null)]
    [InlineData("cmdline: []", "x")]
    public void NameOf_EmptySelector_MatchesNothingButForCmdline(string selector, string? expected)
        => Assert.Equal(expected, Parse($"process_names: [{{name: x, {selector}}}]").NameOf(Process("sh", "sh")));

    [Theory]
    [InlineData("/bin/ksh")]
    [InlineData("/usr/bin/ksh")]
    public void NameOf_ExesWithTheSameLastPart_BothCount(string exe)
        => Assert.Equal("ksh", Parse("process_names: [{exe: [/bin/ksh, /usr/bin/ksh]}]").NameOf(Process("ksh", exe)));

    [Theory]
    [InlineData("", ".")]
    [InlineData("/", "/")]
    [InlineData("//", "/")]
    [InlineData("/usr/bin/", "bin")]
    [InlineData("./a", "a")]
    [InlineData("nginx: master process /usr/sbin/nginx", "nginx")]
    public void BaseOf_Path_IsWhatGoSays(string path, string expected) => Assert.Equal(expected, GroupName.BaseOf(path));

    [Fact]
    public void NameOf_SeveralPatterns_LaterGroupOfTheSameNameWins()
        => Assert.Equal(
            "map[:b a:x c:]",
            Parse("process_names: [{name: '{{.Matches}}', cmdline: ['(?P<a>y)(?P<c>z)?', '(?P<a>x)', b]}]").NameOf(Process("sh", "x y b")));

    [Fact]
    public void NameOf_EndlessArgument_IsCutAtAWholeCharacter()
    {
        string argument = "x" + string.Concat(Enumerable.Repeat("😀", 200));
        string name = Parse("process_names: [{name: '{{.ExeFull}}', cmdline: ['.']}]").NameOf(Process("a", argument))!;
        Assert.Equal(GroupName.MaxLength - 1, name.Length);
        Assert.EndsWith("😀", name, StringComparison.Ordinal);
    }

    private static GroupRules Parse(string text) => new(RuleFile.Parse("rules.yml", text));

    private static GroupRules Load(string name)
        => new(RuleFile.Load(Path.Combine(Testing.Repository.Root, "tests", "FdExporter.Tests", "Configuration", "Data", name + ".good.yml")));

    private static ProcessDescription Process(string comm, string arguments) => new()
    {
        Id = new ProcessId(23, 324219),
        Comm = comm,
        // Programs that set their title, as nginx does, leave one argument with spaces.
        Arguments = arguments.Length == 0 ? [] : arguments.Contains(": ", StringComparison.Ordinal) ? [arguments] : arguments.Split(' '),
        User = "root",
        Cgroup = "/system.slice/ssh.service",
        StartTime = Start,
    };
}
