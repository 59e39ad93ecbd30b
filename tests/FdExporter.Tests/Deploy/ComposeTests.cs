using System.Text.RegularExpressions;
using System.Xml.Linq;
using FdExporter.Tests.Testing;
using YamlDotNet.RepresentationModel;

namespace FdExporter.Tests.Deploy;

/// <summary>
/// Checks of deploy/compose without a container engine. The end-to-end tests start its Prometheus and Alertmanager with
/// these files and flags.
/// </summary>
public partial class ComposeTests
{
    public static TheoryData<string> Services { get; } = [.. ComposeFile.Services.Keys];

    [Fact]
    public void Services_AreThoseOfTheReadme()
        => Assert.Equal(["fd-exporter", "prometheus", "alertmanager", "grafana", "leaklab"], ComposeFile.Services.Keys);

    [Theory]
    [MemberData(nameof(Services))]
    public void EachService_MayDoNoMoreThanItNeeds(string service)
    {
        YamlMappingNode node = ComposeFile.Services[service];
        Assert.Equal("true", AlertRule.Text(node, "read_only"));
        Assert.Equal(["ALL"], ComposeFile.List(service, "cap_drop"));
        Assert.Equal(service == "fd-exporter" ? ["SYS_PTRACE", "DAC_READ_SEARCH"] : [], ComposeFile.List(service, "cap_add"));
        Assert.Contains("no-new-privileges:true", ComposeFile.List(service, "security_opt"));
        Assert.Equal(service == "fd-exporter", ComposeFile.List(service, "security_opt").Contains("apparmor:unconfined"));
        Assert.Equal(service == "fd-exporter" ? "host" : "", AlertRule.Text(node, "pid"));
        Assert.DoesNotContain(node.Children.Keys, static key => key.ToString() is "privileged" or "userns_mode" or "devices" or "ports");
        Assert.DoesNotContain(ComposeFile.Mounts(service), static mount => mount.Source.EndsWith("docker.sock", StringComparison.Ordinal));
    }

    /// <summary>Pulled images have one fixed version; built ones have the version of the build.</summary>
    [Theory]
    [MemberData(nameof(Services))]
    public void EachImage_IsPinned(string service)
    {
        string image = AlertRule.Text(ComposeFile.Services[service], "image");
        Assert.Matches(@"^[a-z/-]+:v?\d+\.\d+\.\d+$", image);
        if (ComposeFile.Services[service].Children.ContainsKey("build"))
        {
            string version = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;
            Assert.EndsWith($":{version}", image, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void EachFileMounted_ExistsAndCannotBeChanged(string service)
    {
        YamlMappingNode volumes = (YamlMappingNode)ComposeFile.Root["volumes"];
        foreach ((string source, string target, string options) in ComposeFile.Mounts(service))
        {
            if (source.StartsWith('/'))
            {
                Assert.True(Path.Exists(source), $"{service}: nothing is at {source}");
                Assert.Equal("ro", options);
            }
            else
            {
                Assert.True(volumes.Children.ContainsKey(source), $"{service}: {source} is no volume");
                Assert.Contains(target, (string[])["/prometheus", "/alertmanager", "/var/lib/grafana"]);
            }
        }
    }

    /// <summary>Because they share the network of the machine.</summary>
    [Theory]
    [InlineData("fd-exporter", "--web.listen-address=127.0.0.1:10070")]
    [InlineData("prometheus", "--web.listen-address=127.0.0.1:9090")]
    [InlineData("alertmanager", "--web.listen-address=127.0.0.1:9093")]
    [InlineData("alertmanager", "--cluster.listen-address=")]
    public void EachServer_ListensOnLoopbackOnly(string service, string flag) => Assert.Contains(flag, ComposeFile.List(service, "command"));

    [Fact]
    public void Grafana_ListensOnLoopbackOnly_AndIsReadOnly()
    {
        YamlNode environment = ComposeFile.Services["grafana"]["environment"];
        Assert.Equal("127.0.0.1", AlertRule.Text(environment, "GF_SERVER_HTTP_ADDR"));
        Assert.Equal("true", AlertRule.Text(environment, "GF_AUTH_ANONYMOUS_ENABLED"));
        Assert.Equal("", AlertRule.Text(environment, "GF_AUTH_ANONYMOUS_ORG_ROLE"));
        Assert.Equal("true", AlertRule.Text(environment, "GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"));
    }

    /// <summary>The files are where it is configured to look; and its data source is this Prometheus.</summary>
    [Fact]
    public void Grafana_FindsDashboardsAndDataSource()
    {
        Dictionary<string, string> mounts = ComposeFile.Mounts("grafana").ToDictionary(static mount => mount.Target, static mount => mount.Source);
        string provisioning = mounts["/etc/grafana/provisioning"];
        string dashboards = mounts[Provisioned(provisioning, "dashboards", "providers", "options", "path")];
        string home = AlertRule.Text(ComposeFile.Services["grafana"], "environment", "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH");
        Assert.Contains(Path.Combine(dashboards, Path.GetFileName(home)), Directory.GetFiles(dashboards, "*.json"));
        Assert.Equal("http://localhost:9090", Provisioned(provisioning, "datasources", "datasources", "url"));
    }

    /// <summary>The version that its dashboards were compiled against and rendered with.</summary>
    [Fact]
    public void Grafana_IsTheVersionThatTheDashboardsWereDrawnWith()
    {
        string package = File.ReadAllText(Path.Combine(Repository.Root, "grafana", "render", "package.json"));
        Assert.Equal($"grafana/grafana:{GrafanaUi().Match(package).Groups[1].Value}", AlertRule.Text(ComposeFile.Services["grafana"], "image"));
    }

    /// <summary>The leak ends below the limit, so that the program survives, and above the threshold of an alert.</summary>
    [Fact]
    public void Demo_LeaksUntilAnAlertIsDue()
    {
        string[] command = ComposeFile.List("leaklab", "command");
        double count = double.Parse(command[Array.IndexOf(command, "--count") + 1], System.Globalization.CultureInfo.InvariantCulture);
        double limit = double.Parse(AlertRule.Text(ComposeFile.Services["leaklab"], "ulimits", "nofile"), System.Globalization.CultureInfo.InvariantCulture);

        // A .NET program holds about 40 descriptors of its own.
        Assert.InRange((count + 30) / limit, 0.95, 1);
        Assert.InRange((count + 70) / limit, 0.95, 1);
        Assert.Equal(["demo"], ComposeFile.List("leaklab", "profiles"));
        Assert.Equal("none", AlertRule.Text(ComposeFile.Services["leaklab"], "network_mode"));
    }

    private static string Provisioned(string provisioning, string folder, string list, params string[] keys)
    {
        using StreamReader reader = new(Assert.Single(Directory.GetFiles(Path.Combine(provisioning, folder))));
        YamlStream stream = [];
        stream.Load(reader);
        return AlertRule.Text(Assert.Single((YamlSequenceNode)stream.Documents[0].RootNode[list]), keys);
    }

    [GeneratedRegex("\"@grafana/ui\": \"([0-9.]+)\"")]
    private static partial Regex GrafanaUi();
}
