using System.Globalization;
using System.Text.Json;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>
/// Pods as on a Kubernetes node: control groups as the kubelet makes them, on the real kernel, and folders and links as it names
/// them. No mount but those of the manifests.
/// </summary>
public sealed class PodsTests : IAsyncLifetime
{
    private const string Uid = "c8bad552-5c99-4d4f-b71c-c426c0cde014";
    private const string OtherUid = "2f9c1a34-5b6d-4e7f-8a90-b1c2d3e4f506";
    private static readonly string s_id = new('a', 64);
    private static readonly string s_otherId = new('b', 64);

    private readonly string _root = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private bool _isMounted;

    private string Cgroups => Path.Combine(_root, "cgroup");

    private string Kubepods => Path.Combine(Cgroups, "kubepods");

    private string Pods => Path.Combine(_root, "log", "pods");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Cgroups);
        Directory.CreateDirectory(Pods);
        Directory.CreateDirectory(Path.Combine(_root, "log", "containers"));
        _isMounted = (await Child.RunAsync("mount", null, "-t", "cgroup2", "none", Cgroups)).ExitCode == 0;
        Assert.SkipUnless(_isMounted && TryCreate(GroupOf(Uid, s_id)) && TryCreate(GroupOf(OtherUid, s_otherId)), "cgroup2 may not be written here");
    }

    public async ValueTask DisposeAsync()
    {
        if (_isMounted)
        {
            foreach (string folder in (string[])[GroupOf(Uid, s_id), GroupOf(OtherUid, s_otherId)])
            {
                await Eventually.TrueAsync(() => TryRemove(folder) && TryRemove(Path.GetDirectoryName(folder)!), () => $"{folder} is still used");
            }

            TryRemove(Kubepods);
            await Child.RunAsync("umount", null, Cgroups);
        }

        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task ServicesOfTwoTeams_AreTwoGroups_AndHaveTheNamesOfTheirPods()
    {
        AddNames("shop", "payment-7d9f5c6b8-x2x7k", Uid, "app", s_id);
        AddNames("bank", "payment-0", OtherUid, "app", s_otherId);
        await using LeakLab shop = await StartInAsync(Uid, s_id);
        await using LeakLab bank = await StartInAsync(OtherUid, s_otherId);
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000", $"--path.podlogs={Pods}");
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(30, metrics[$"fd_close_wait_sockets{{group=\"shop/payment/app\",direction=\"outbound\",address=\"127.0.0.1:{shop.Port}\",cause=\"not_closed\"}}"]);
        Assert.Equal(30, metrics[$"fd_close_wait_sockets{{group=\"bank/payment/app\",direction=\"outbound\",address=\"127.0.0.1:{bank.Port}\",cause=\"not_closed\"}}"]);
        string info = metrics.With("fd_process_info", ("pid", shop.Child.Pid.ToString(CultureInfo.InvariantCulture))).Single().Key;
        Assert.Equal(
            (Uid, s_id[..12], "shop", "payment-7d9f5c6b8-x2x7k", "app"),
            (Label("pod_uid"), Label("container_id"), Label("pod_namespace"), Label("pod_name"), Label("container_name")));

        using JsonDocument inspected = JsonDocument.Parse(await exporter.GetAsync($"/api/v1/processes/{shop.Child.Pid}"));
        JsonElement process = inspected.RootElement.GetProperty("process");
        Assert.Equal(
            ("shop", "payment-7d9f5c6b8-x2x7k", "app"),
            (process.GetProperty("pod_namespace").GetString(), process.GetProperty("pod_name").GetString(), process.GetProperty("container_name").GetString()));
        Assert.Contains($"shop/payment-7d9f5c6b8-x2x7k ({Uid})", await exporter.GetAsync($"/process/{shop.Child.Pid}"), StringComparison.Ordinal);
        Assert.Contains("shop/payment-7d9f5c6b8-x2x7k", await exporter.GetAsync("/"), StringComparison.Ordinal);

        string Label(string name) => Metrics.LabelOf(info, name);
    }

    [Fact]
    public async Task Explain_SaysWhosePod()
    {
        AddNames("shop", "payment-7d9f5c6b8-x2x7k", Uid, "app", s_id);
        await using Child full = Child.Start(
            "bash", "-c", $"echo $$ > '{GroupOf(Uid, s_id)}/cgroup.procs'; ulimit -n 100; for ((i = 0; i < 85; i++)); do exec {{fd}}</dev/null; done; echo ready; read -t 60 go");
        await full.WaitForLineAsync("ready");
        string text = (await Child.RunAsync(Exporter.Binary, null, "explain", $"--path.podlogs={Pods}")).Output;
        Assert.Contains(
            $"shop/payment/app (pid {full.Pid}, pod shop/payment-7d9f5c6b8-x2x7k, container app)",
            text.Replace("\n", " ", StringComparison.Ordinal).Replace('\u00a0', ' '),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_SaysHowToHaveNames()
    {
        await using LeakLab shop = await StartInAsync(Uid, s_id);
        string without = (await Child.RunAsync(Exporter.Binary, null, "check", "--web.listen-address=127.0.0.1:0", $"--path.podlogs={_root}/nowhere/pods")).Output;
        string line = without.Replace("\n                           ", " ", StringComparison.Ordinal);
        Assert.Contains($"0 of 1 with a name; {_root}/nowhere/pods: No such file or directory", line, StringComparison.Ordinal);
        Assert.Contains("/var/log/containers", without, StringComparison.Ordinal);
        AddNames("shop", "payment", Uid, "app", s_id);
        string with = (await Child.RunAsync(Exporter.Binary, null, "check", "--web.listen-address=127.0.0.1:0", $"--path.podlogs={Pods}")).Output;
        Assert.Matches("(?m)^ok +pods +1 of 1 with a name$", with);
    }

    private Task<LeakLab> StartInAsync(string uid, string id) => LeakLab.StartAsAsync(
        "sh", "-c", $"echo $$ > '{GroupOf(uid, id)}/cgroup.procs' && exec \"$@\"", "sh",
        LeakLab.Binary, "close-wait", "--count", "30", "--name", "java", "--hold-peer");

    private string GroupOf(string uid, string id) => Path.Combine(Kubepods, "burstable", $"pod{uid}", id);

    private void AddNames(string ns, string pod, string uid, string container, string id)
    {
        Directory.CreateDirectory(Path.Combine(Pods, $"{ns}_{pod}_{uid}", container));
        File.CreateSymbolicLink(Path.Combine(_root, "log", "containers", $"{pod}_{ns}_{container}-{id}.log"), $"{Pods}/{ns}_{pod}_{uid}/{container}/0.log");
    }

    private static bool TryCreate(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool TryRemove(string folder)
    {
        try
        {
            Directory.Delete(folder);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
