using System.Globalization;
using System.Text.Json;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd;

/// <summary>
/// Each number is the same everywhere: in the list, the single process, the metrics, the evidence and the verbs, for three
/// processes that share sockets by dup and fork. And what cannot be seen is null everywhere.
/// </summary>
public sealed class SameNumberTests : IAsyncLifetime
{
    private const string Parent = "close_wait=3 established=2 listen=1";
    private const string EachChild = "established=1";

    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private Child _program = null!;
    private int[] _pids = [];

    private string Evidence => Path.Combine(_folder, "evidence");

    public async ValueTask InitializeAsync()
    {
        string binary = Path.Combine(_folder, "shared-sockets");
        string source = Path.Combine(Repository.Root, "tests", "FdExporter.EndToEnd", "Faults", "shared-sockets.c");
        (int exitCode, _, string error) = await Child.RunAsync("gcc", null, "-O1", "-Wall", "-Werror", "-o", binary, source);
        Assert.True(exitCode == 0, error);
        _program = Child.Start(binary);
        _pids = [.. (await _program.WaitForLineAsync("ready ")).Split(' ').Skip(1).Select(static pid => int.Parse(pid, CultureInfo.InvariantCulture))];
    }

    public async ValueTask DisposeAsync()
    {
        _program.CloseInput();
        await _program.WaitForExitAsync();
        await _program.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task NumbersOfAProcess_AreTheSameEverywhere()
    {
        await using Exporter exporter = await Exporter.StartAsync(
            "--limits.top-processes=10000", $"--evidence.directory={Evidence}", "--verdict.system-handles=2000000000");
        Metrics metrics = await exporter.ScrapeAsync();
        JsonElement list = await GetAsync(exporter, "/api/v1/processes?q=shared-sockets");
        JsonElement top = await RunAsync("top", "--json");
        foreach (int pid in _pids)
        {
            string expected = pid == _pids[0] ? Parent : EachChild;
            JsonElement listed = OfPid(list.GetProperty("items"), pid);
            JsonElement inspected = await GetAsync(exporter, $"/api/v1/processes/{pid}");
            JsonElement byVerb = await RunAsync("inspect", pid.ToString(CultureInfo.InvariantCulture), "--json");

            // Each view by itself, then each compared with the first.
            Assert.Equal(expected, Counts(listed.GetProperty("tcp_sockets")));
            Assert.Equal(Sum(listed.GetProperty("tcp_sockets")), listed.GetProperty("tcp_sockets_total").GetInt64());
            Assert.Equal(Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length, listed.GetProperty("open_fds").GetInt64());
            Assert.Equal(listed.GetProperty("open_fds").GetInt64(), Sum(listed.GetProperty("fds")));
            foreach (JsonElement other in (JsonElement[])[inspected.GetProperty("process"), byVerb.GetProperty("process"), OfPid(top.GetProperty("items"), pid)])
            {
                Assert.Equal(JsonOf(listed), JsonOf(other));
            }

            foreach (JsonElement document in (JsonElement[])[inspected, byVerb])
            {
                Assert.Equal(Counts(listed.GetProperty("fds")), Counts(document.GetProperty("fds")));
                Assert.Equal(listed.GetProperty("open_fds").GetInt64(), document.GetProperty("total").GetInt64());

                // Its sockets, each once: also those that another process owns.
                Assert.Equal(
                    pid == _pids[0] ? "netlink=1 tcp=6 udp=1 unix=3" : "netlink=1 tcp=7 udp=1 unix=3",
                    Counts(document.GetProperty("sockets_by_protocol")));
            }

            (string, string)[] labels = [("pid", pid.ToString(CultureInfo.InvariantCulture))];
            Assert.Equal(expected, metrics.Breakdown("fd_process_tcp_sockets", "state", labels));
            Assert.Equal(listed.GetProperty("open_fds").GetDouble(), metrics.Sum("fd_process_open_fds", labels));

            JsonElement evidence = await EvidenceAsync(exporter, pid);
            Assert.Equal(Sum(inspected.GetProperty("close_wait_by_cause")), evidence.GetProperty("close_wait").EnumerateArray().Sum(static each => each.GetProperty("sockets").GetInt64()));
            Assert.Equal(Counts(inspected.GetProperty("sockets_by_protocol")), Counts(evidence.GetProperty("sockets_by_protocol")));
            Assert.Equal(Counts(inspected.GetProperty("fds")), Counts(evidence.GetProperty("fds")));
            Assert.Equal(JsonOf(listed), JsonOf(evidence.GetProperty("process")));
        }

        // All of them together; the connections that wait in the queue have no owner.
        JsonElement group = Assert.Single(
            (await GetAsync(exporter, "/api/v1/host")).GetProperty("groups").EnumerateArray(), static each => each.GetProperty("group").GetString() == "shared-sockets");
        Assert.Equal("close_wait=3 established=4 listen=1", Counts(group.GetProperty("tcp_sockets")));
        Assert.Equal("close_wait=3 established=4 listen=1", metrics.Breakdown("fd_group_tcp_sockets", "state", ("group", "shared-sockets")));
        Assert.Equal(Counts(group.GetProperty("fds")), metrics.Breakdown("fd_group_fds", "type", ("group", "shared-sockets")));
        Assert.Equal(3, (await GetAsync(exporter, "/api/v1/close-wait?q=shared-sockets")).GetProperty("items").EnumerateArray().Sum(static each => each.GetProperty("sockets").GetInt64()));
    }

    [Fact]
    public async Task InaccessibleValues_AreNull_NeverEmptyOrZero()
    {
        using PublicCopy copy = new();
        await copy.MakeAsync();
        await using Exporter exporter = await Exporter.StartAsAsync("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", copy.Binary);
        JsonElement listed = OfPid((await GetAsync(exporter, "/api/v1/processes?q=shared-sockets")).GetProperty("items"), _pids[0]);
        JsonElement inspected = await GetAsync(exporter, $"/api/v1/processes/{_pids[0]}");
        foreach (JsonElement process in (JsonElement[])[listed, inspected.GetProperty("process")])
        {
            Assert.Equal(Directory.GetFileSystemEntries($"/proc/{_pids[0]}/fd").Length, process.GetProperty("open_fds").GetInt64());
            AssertNull(process, "tcp_sockets_total", "tcp_sockets", "dead_sockets", "fds", "growth_per_hour");
        }

        Assert.False(inspected.GetProperty("visible").GetBoolean());
        AssertNull(inspected, "cut_short", "unlisted", "fds", "sockets_by_protocol", "kinds", "total", "offset", "limit", "items");
        JsonElement host = await GetAsync(exporter, "/api/v1/host");
        AssertNull(
            Assert.Single(host.GetProperty("groups").EnumerateArray(), static each => each.GetProperty("group").GetString() == "shared-sockets"),
            "fds", "tcp_sockets", "growth_per_hour");
        JsonElement item = (await GetAsync(exporter, "/api/v1/close-wait?q=unknown")).GetProperty("items")[0];
        Assert.Equal(
            item.GetProperty("causes").EnumerateObject().Select(static each => each.Name),
            item.GetProperty("growth_per_hour").EnumerateObject().Select(static each => each.Name));
        Assert.All(item.GetProperty("growth_per_hour").EnumerateObject(), static each => Assert.Equal(JsonValueKind.Null, each.Value.ValueKind));
        await using Exporter withoutProcesses = await Exporter.StartAsync("--no-collector.process");
        AssertNull(await GetAsync(withoutProcesses, "/api/v1/host"), "groups", "processes_by_visibility", "unattributed_sockets", "unwalked_processes");
    }

    private async Task<JsonElement> EvidenceAsync(Exporter exporter, int pid)
    {
        string[] files = [];
        await Eventually.TrueAsync(
            async () =>
            {
                await exporter.ScrapeAsync();
                files = Directory.GetFiles(Evidence, $"*-{pid}-*.json");
                return files.Length > 0;
            },
            () => $"no evidence of {pid}:\n{exporter.Child.Output}");
        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(files[0]));
        return document.RootElement.Clone();
    }

    private static async Task<JsonElement> RunAsync(params string[] arguments)
    {
        (int exitCode, string output, string error) = await Child.RunAsync(Exporter.Binary, null, arguments);
        Assert.True(exitCode == 0, error);
        using JsonDocument document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    private static async Task<JsonElement> GetAsync(Exporter exporter, string path)
    {
        using JsonDocument document = JsonDocument.Parse(await exporter.GetAsync(path));
        return document.RootElement.Clone();
    }

    private static JsonElement OfPid(JsonElement processes, int pid)
        => Assert.Single(processes.EnumerateArray(), each => each.GetProperty("pid").GetInt32() == pid);

    // Only the server reports growth.
    private static string JsonOf(JsonElement process)
        => string.Join('\n', process.EnumerateObject().Where(static each => each.Name is not "growth_per_hour" and not "time_to_limit_seconds").Select(static each => $"{each.Name}: {each.Value.GetRawText().Replace(" ", "", StringComparison.Ordinal)}"));

    private static string Counts(JsonElement counts)
        => string.Join(' ', counts.EnumerateObject().Select(static each => $"{each.Name}={each.Value.GetInt64()}").Order(StringComparer.Ordinal));

    private static long Sum(JsonElement counts) => counts.EnumerateObject().Sum(static each => each.Value.GetInt64());

    private static void AssertNull(JsonElement document, params string[] fields)
        => Assert.All(fields, field => Assert.True(document.GetProperty(field).ValueKind == JsonValueKind.Null, $"{field}: {document.GetProperty(field)}"));
}
