using System.Globalization;
using System.Text.Json;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd.Attacks;

/// <summary>
/// Which user may read paths, arguments and clients of which processes, tested with real users over real loopback connections.
/// </summary>
public sealed class SpyingTests
{
    private const int Stranger = 65532;
    private const int Owner = 65533;

    [Theory]
    [InlineData(0, true)]
    [InlineData(Owner, true)]
    [InlineData(Stranger, false)]
    public async Task DetailsOfAProcess_AreForRootAndItsOwnUser(int caller, bool areShown)
    {
        await using Child holder = await HoldAsync();
        await using Exporter exporter = await Exporter.StartAsync();
        foreach (string path in (string[])[$"/process/{holder.Pid}", $"/api/v1/processes/{holder.Pid}?limit=1000"])
        {
            string body = await AskAsync(caller, new Uri(exporter.Address, path));
            Assert.Equal(areShown, body.Contains("/s3cret-path", StringComparison.Ordinal));
            Assert.Equal(areShown, body.Contains("s3cret-argument", StringComparison.Ordinal));
            Assert.Equal(!areShown, body.Contains(FormattableString.Invariant($"as uid {Owner}"), StringComparison.Ordinal));
            Assert.Equal(!areShown, body.Contains("--web.show-paths, --web.show-cmdline, --web.show-clients", StringComparison.Ordinal));
        }
    }

    /// <summary>
    /// The process's own user gets no details where the kernel would deny access: the program was root's, and holds what it opened
    /// then.
    /// </summary>
    [Fact]
    public async Task DetailsOfAProcessThatGaveUpRoot_AreNotItsUsers()
    {
        await using Child holder = Child.Start(
            "perl", "-e", "open(my $f, '>', '/tmp/s3cret-path-root') or die; $) = '65533 65533'; ($<, $>) = (65533, 65533); $| = 1; print qq(ready\\n); <STDIN>", "s3cret-argument");
        await holder.WaitForLineAsync("ready");
        await using Exporter exporter = await Exporter.StartAsync();
        Assert.DoesNotContain("s3cret", await AskAsync(Owner, new Uri(exporter.Address, $"/api/v1/processes/{holder.Pid}")), StringComparison.Ordinal);
        Assert.Contains("s3cret-path-root", await AskAsync(0, new Uri(exporter.Address, $"/api/v1/processes/{holder.Pid}")), StringComparison.Ordinal);
        File.Delete("/tmp/s3cret-path-root");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClientsOfAServer_AreNetworksToOthers_UnlessAFlagSaysSo(bool isFlagSet)
    {
        await using LeakLab lab = await LeakLab.StartAsync("server-close-wait", "--count", "3", "--name", "server", "--hold-peer");
        await using Exporter exporter = await Exporter.StartAsync(isFlagSet ? ["--web.show-clients"] : []);
        string url = $"/api/v1/processes/{lab.Child.Pid.ToString(CultureInfo.InvariantCulture)}?q=inbound";
        using JsonDocument document = JsonDocument.Parse(await AskAsync(Stranger, new Uri(exporter.Address, url)));
        string[] remotes = [.. document.RootElement.GetProperty("items").EnumerateArray().Select(static fd => fd.GetProperty("remote").GetString()!)];
        Assert.Equal(3, remotes.Length);
        Assert.All(remotes, remote => Assert.Equal(!isFlagSet, remote == "127.0.0.0/24"));

        // Hidden values cannot be searched for either.
        using JsonDocument toRoot = JsonDocument.Parse(await exporter.GetAsync(url));
        string client = toRoot.RootElement.GetProperty("items")[0].GetProperty("remote").GetString()!;
        Assert.StartsWith("127.0.0.1:", client, StringComparison.Ordinal);
        string found = await AskAsync(Stranger, new Uri(exporter.Address, $"/api/v1/processes/{lab.Child.Pid}?q={Uri.EscapeDataString(client)}"));
        Assert.Equal(isFlagSet, found.Contains("\"total\": 1", StringComparison.Ordinal));
    }

    /// <summary>Through a proxy the caller's user is unknown: a valid password shows details, a self-made certificate does not.</summary>
    [Theory]
    [InlineData("basic_auth_users:\n  prometheus: " + SecuredExporter.SecretHash + "\n", true)]
    [InlineData(SecuredExporter.ServerFiles + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n", true)]
    [InlineData(SecuredExporter.ServerFiles + "  client_auth_type: RequireAnyClientCert\n", false)]
    [InlineData(SecuredExporter.ServerFiles, false)]
    public async Task Authentication_ShowsDetails_WhereverTheCallerIs(string config, bool areShown)
    {
        await using Child holder = await HoldAsync();
        await using SecuredExporter exporter = new();
        exporter.Own.IssueClient("client");
        await exporter.StartWithAsync(config);
        (int exitCode, string body, string error) = await exporter.CurlAsync(
            $"/api/v1/processes/{holder.Pid}", ["--user", "prometheus:secret", "--header", "Via: 1.1 proxy", .. exporter.AsClient("client")]);
        Assert.True(exitCode == 0, error);
        Assert.Contains("\"visible\": true", body, StringComparison.Ordinal);
        Assert.Equal(areShown, body.Contains("/s3cret-path", StringComparison.Ordinal));
        Assert.Equal(areShown, body.Contains("s3cret-argument", StringComparison.Ordinal));
    }

    /// <summary>
    /// With file capabilities the program can read everything for any user, so it shows each user only their own processes.
    /// </summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(Owner, true)]
    [InlineData(Stranger, false)]
    public async Task Inspect_WithFileCapabilities_ShowsUsersOnlyTheirOwnProcesses(int caller, bool areShown)
    {
        using PublicCopy copy = new();
        await copy.MakeAsync();
        Assert.Equal((0, "", ""), await Child.RunAsync("setcap", null, "cap_sys_ptrace,cap_dac_read_search+ep", copy.Binary));
        await using Child holder = await HoldAsync();
        string user = caller.ToString(CultureInfo.InvariantCulture);
        foreach (string[] form in (string[][])[[], ["--json"]])
        {
            (int exitCode, string output, string error) = await Child.RunAsync(
                "setpriv", null, [$"--reuid={user}", $"--regid={user}", "--clear-groups", copy.Binary, "inspect", holder.Pid.ToString(CultureInfo.InvariantCulture), "--all", .. form]);
            Assert.Equal(areShown ? 0 : 1, exitCode);
            Assert.Equal(areShown, output.Contains("/s3cret-path", StringComparison.Ordinal));
            Assert.Equal(areShown, output.Contains("s3cret-argument", StringComparison.Ordinal));
            Assert.Equal(!areShown, error.Contains("has privileges of its own", StringComparison.Ordinal));
        }
    }

    private static async Task<Child> HoldAsync()
    {
        Child holder = Child.Start(
            "setpriv", "--reuid=65533", "--regid=65533", "--clear-groups", "bash", "-c", "exec 7>> /tmp/s3cret-path; rm -f /tmp/s3cret-path; echo ready; read -t 30 go", "bash", "s3cret-argument");
        await holder.WaitForLineAsync("ready");
        return holder;
    }

    private static async Task<string> AskAsync(int uid, Uri address)
    {
        string user = uid.ToString(CultureInfo.InvariantCulture);
        (int exitCode, string output, string error) = await Child.RunAsync("setpriv", null, $"--reuid={user}", $"--regid={user}", "--clear-groups", "curl", "--silent", "--show-error", address.ToString());
        Assert.True(exitCode == 0, error);
        return output;
    }
}
