using System.Net;
using System.Text.Json;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd;

/// <summary>Descriptors that are not in <c>/proc/PID/fd</c>, and a limit lowered on purpose: every view reports the same.</summary>
public sealed class ThreadsTests
{
    private static readonly string[] s_inOwnNetwork
        = ["unshare", "--net", "sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; ip link set lo up && exec \"$@\"", "sh"];

    [Theory]
    [InlineData("leader", false)]
    [InlineData("leader", true)]
    [InlineData("own", false)]
    [InlineData("own", true)]
    public async Task HiddenDescriptors_AreInEveryView(string mode, bool isInOwnNetwork)
    {
        await using ThreadsProgram program = await ThreadsProgram.StartAsync(mode, "vhidden", isInOwnNetwork ? s_inOwnNetwork : []);
        await program.TellAsync("open 20");
        await program.TellAsync("leak 120");

        // The thread with its own table has a copy of the three descriptors that the process started with.
        int open = mode == "own" ? 146 : 143;
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(open, metrics["fd_group_open_fds{group=\"vhidden\"}"]);
        Assert.Equal(open, metrics[$"fd_process_open_fds{{group=\"vhidden\",process=\"vhidden\",pid=\"{program.Pid}\"}}"]);
        Assert.Equal(open, metrics.Sum("fd_group_fds", ("group", "vhidden")));
        Assert.Equal(20, metrics["fd_group_fds{group=\"vhidden\",type=\"device\"}"]);
        Assert.Equal(120, metrics["fd_group_tcp_sockets{group=\"vhidden\",state=\"close_wait\"}"]);
        Assert.Equal(120, metrics.Sum("fd_close_wait_sockets", ("group", "vhidden"), ("cause", "not_closed")));
        Assert.Equal(0, metrics["fd_exporter_unchecked_thread_tables"]);

        JsonElement inspection = JsonDocument.Parse(await exporter.GetAsync($"/api/v1/processes/{program.Pid}")).RootElement;
        Assert.True(inspection.GetProperty("visible").GetBoolean());
        Assert.Equal((open, open), (inspection.GetProperty("total").GetInt32(), inspection.GetProperty("process").GetProperty("open_fds").GetInt32()));
        Assert.Equal(120, inspection.GetProperty("process").GetProperty("tcp_sockets").GetProperty("close_wait").GetInt32());
        Assert.Equal(120, inspection.GetProperty("sockets_by_protocol").GetProperty("tcp").GetInt32());
        Assert.False(inspection.TryGetProperty("unchecked_tables", out _));
        string page = await exporter.GetAsync($"/process/{program.Pid}");
        Assert.Contains($"<b>{open}</b> open", page, StringComparison.Ordinal);
        Assert.Equal(mode == "own", page.Contains("<h3>2 descriptor tables</h3>", StringComparison.Ordinal));
        Assert.Equal(mode == "own", page.Contains("the largest holds 143.", StringComparison.Ordinal));

        (int exitCode, string text, _) = await Child.RunAsync(Exporter.Binary, null, "inspect", $"{program.Pid}", "--all");
        Assert.Equal(0, exitCode);
        Assert.Equal(120, text.Split('\n').Count(static line => line.Contains("tcp close_wait", StringComparison.Ordinal)));
        Assert.Equal(mode == "own", text.Contains(" THREAD ", StringComparison.Ordinal));
        (_, string verdict, _) = await Child.RunAsync(Exporter.Binary, null, "explain", "--json");
        Assert.Contains("\"vhidden has 120 sockets in CLOSE_WAIT, none of them known to be there for a minute", verdict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NumberOfAThread_ShowsItsOwnTable_OrLeadsToItsProcess()
    {
        await using ThreadsProgram own = await ThreadsProgram.StartAsync("own", "vown");
        await own.TellAsync("open 20");
        await using ThreadsProgram shared = await ThreadsProgram.StartAsync("shared", "vshared");
        (int exitCode, string text, string error) = await Child.RunAsync(Exporter.Binary, null, "inspect", $"{own.Thread}");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains($"\nPid             {own.Pid}\nThread          {own.Thread}; only its own descriptor table is shown\n", text, StringComparison.Ordinal);
        Assert.Contains("\nDescriptors     23 of ", text, StringComparison.Ordinal);
        (exitCode, text, error) = await Child.RunAsync(Exporter.Binary, null, "inspect", $"{shared.Thread}");
        Assert.Equal((1, "", $"fd-exporter: error: {shared.Thread} is a thread of vshared (pid {shared.Pid})\n"), (exitCode, text, error.Replace('\u00a0', ' ')));

        await using Exporter exporter = await Exporter.StartAsync();
        JsonElement inspection = JsonDocument.Parse(await exporter.GetAsync($"/api/v1/processes/{own.Thread}")).RootElement;
        Assert.Equal((own.Thread, own.Pid, 23), (inspection.GetProperty("thread").GetInt32(), inspection.GetProperty("process").GetProperty("pid").GetInt32(), inspection.GetProperty("total").GetInt32()));
        using HttpResponseMessage refusal = await exporter.Client.GetAsync($"/api/v1/processes/{shared.Thread}", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (refusal.StatusCode, refusal.Content.Headers.ContentType?.MediaType));
        JsonElement problem = JsonDocument.Parse(await refusal.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal((shared.Pid, $"{shared.Thread} is a thread of vshared (pid {shared.Pid})."), (problem.GetProperty("pid").GetInt32(), problem.GetProperty("detail").GetString()!.Replace('\u00a0', ' ')));
        using HttpResponseMessage page = await exporter.Client.GetAsync($"/process/{shared.Thread}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Contains($"<a href=\"/process/{shared.Pid}\">", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>
    /// Blocked by a filter of system calls; or by a procfs of another pid namespace, whose numbers differ from those of the kernel
    /// call.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ThreadsThatCannotBeCompared_AreCounted_AndNothingClaimsToBeComplete(bool isFiltered)
    {
        string[] through = isFiltered ? [await ThreadsProgram.Refuse] : ["unshare", "--pid", "--fork", "--kill-child"];
        await using ThreadsProgram shared = await ThreadsProgram.StartAsync("shared", "vshared");
        await using ThreadsProgram own = await ThreadsProgram.StartAsync("own", "vown");
        await own.TellAsync("open 20");
        await using Exporter exporter = await Exporter.StartAsAsync(through[0], [.. through[1..], Exporter.Binary, "--limits.top-processes=10000"]);
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.True(metrics["fd_exporter_unchecked_thread_tables"] >= 2);
        Assert.Equal(3, metrics["fd_group_open_fds{group=\"vshared\"}"]);

        // The size of its table reveals it at the second scan.
        await Eventually.EqualAsync(async () => ((await exporter.ScrapeAsync())["fd_group_open_fds{group=\"vown\"}"], 26.0));
        Assert.Equal(20, (await exporter.ScrapeAsync())["fd_group_fds{group=\"vown\",type=\"device\"}"]);
        JsonElement inspection = JsonDocument.Parse(await exporter.GetAsync($"/api/v1/processes/{shared.Pid}")).RootElement;
        Assert.True(inspection.GetProperty("unchecked_tables").GetBoolean());

        (int exitCode, string check, _) = await Child.RunAsync(through[0], null, [.. through[1..], Exporter.Binary, "check", "--web.listen-address=127.0.0.1:0"]);
        Assert.Equal(1, exitCode);
        Assert.DoesNotContain("Everything can be read", check, StringComparison.Ordinal);
        Assert.Matches(@"\nblind  processes           \d+ full, \d+ count_only, \d+ none; threads\s+not\s+compared\s+in\s+\d+\n", check);
        (_, string verdict, _) = await Child.RunAsync(through[0], null, [.. through[1..], Exporter.Binary, "explain", "--json"]);
        Assert.Contains("\"unchecked_thread_tables\"", verdict, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task LimitThatWasLoweredBelowWhatIsOpen_IsNoDanger(int limit)
    {
        await using ThreadsProgram sandboxed = await ThreadsProgram.StartAsync("alone", "vsandbox");
        await sandboxed.TellAsync("open 9");
        await sandboxed.TellAsync($"limit {limit}");
        await using ThreadsProgram full = await ThreadsProgram.StartAsync("alone", "vfull");
        await full.TellAsync("open 9");
        await full.TellAsync("limit 12");
        await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
        Metrics metrics = await exporter.ScrapeAsync();
        Assert.Equal(12, metrics["fd_group_open_fds{group=\"vsandbox\"}"]);
        Assert.False(metrics.Has("fd_group_max_process_fd_ratio{group=\"vsandbox\"}"));
        Assert.Equal(limit, metrics[$"fd_process_fds_soft_limit{{group=\"vsandbox\",process=\"vsandbox\",pid=\"{sandboxed.Pid}\"}}"]);
        Assert.Equal(1, metrics["fd_group_max_process_fd_ratio{group=\"vfull\"}"]);
        (_, string verdict, _) = await Child.RunAsync(Exporter.Binary, null, "explain");
        Assert.DoesNotContain("vsandbox", verdict, StringComparison.Ordinal);
        Assert.Contains($"vfull (pid {full.Pid}) holds 12 of 12 descriptors", verdict.Replace('\u00a0', ' ').ReplaceLineEndings(" "), StringComparison.Ordinal);
        (_, string text, _) = await Child.RunAsync(Exporter.Binary, null, "inspect", $"{sandboxed.Pid}");
        Assert.Contains("the limit was lowered below", text, StringComparison.Ordinal);
        JsonElement process = JsonDocument.Parse(await exporter.GetAsync($"/api/v1/processes/{sandboxed.Pid}")).RootElement.GetProperty("process");
        Assert.Equal((JsonValueKind.Null, limit), (process.GetProperty("fd_ratio").ValueKind, process.GetProperty("soft_limit").GetInt32()));
    }
}
