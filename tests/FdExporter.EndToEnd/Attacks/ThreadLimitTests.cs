using System.Globalization;
using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Testing;

namespace FdExporter.EndToEnd.Attacks;

/// <summary>
/// The pid table is full: the kernel creates no thread for any process. The table is that of a pid namespace (Linux 6.14), and
/// the exporter is its first process.
/// </summary>
public sealed class ThreadLimitTests
{
    private const string Fill = """
        import os
        children = []
        try:
            while True:
                pid = os.fork()
                if pid == 0:
                    os.read(0, 1)
                    os._exit(0)
                children.append(pid)
        except OSError as full:
            print("full:", full.strerror, flush=True)
        os.read(0, 1)
        for pid in children:
            os.waitpid(pid, 0)
        """;

    [Fact]
    public async Task NoThreadLeft_ANewNamespaceIsStillRead()
    {
        await using Exporter exporter = await StartAsync();
        int first = FirstOf(exporter);
        CheckWhole(await exporter.ScrapeAsync());
        await using LeakLab there = await LeakLab.StartAsAsync(
            "nsenter",
            [.. Inside(first), "unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh", LeakLab.Binary, "close-wait", "--count", "23", "--name", "elsewhere", "--hold-peer"]);
        await using Child filler = await FillAsync(first);
        for (int i = 0; i < 5; i++)
        {
            Metrics metrics = await exporter.ScrapeAsync();
            CheckWhole(metrics);
            Assert.Equal(23, metrics.Sum("fd_close_wait_sockets", ("group", "elsewhere")));
            Assert.Equal(0, metrics["fd_exporter_unread_namespaces"]);
        }

        // By netlink, over the socket that it already holds.
        Assert.Contains(
            SocketsOf(FormattableString.Invariant($"/proc/{there.Child.Pid}/net/netlink")),
            inside => Directory.GetFileSystemEntries($"/proc/{first}/fd").Any(fd => new FileInfo(fd).LinkTarget == inside));
        there.Child.CloseInput();
        await there.Child.WaitForExitAsync();
        await EndAsync(exporter, filler);
    }

    /// <summary>The runtime itself would start a thread for the signal, and on many processors for other work.</summary>
    [Fact]
    public async Task NoThreadLeft_OnAMachineWithManyProcessors_ItAnswersAllAtOnce_AndEndsWhenTold()
    {
        const int terminate = 15;
        await using Exporter exporter = await StartWithAsync("DOTNET_PROCESSOR_COUNT=64", NativeBuild.Binary);
        int first = FirstOf(exporter);
        await using Child filler = await FillAsync(first);
        for (int i = 0; i < 5; i++)
        {
            string[] paths = ["/metrics", "/", "/explain", "/api/v1/host", "/process/1"];
            Task[] answers = [.. Enumerable.Range(0, 40).Select(number => exporter.GetAsync(paths[number % paths.Length]))];
            await Task.WhenAll(answers);
        }

        Child.Signal(first, terminate);
        Assert.Equal(0, await exporter.Child.WaitForExitAsync(TimeSpan.FromSeconds(20)));
        Assert.DoesNotContain("Exception", exporter.Child.Output, StringComparison.Ordinal);
        filler.CloseInput();
    }

    /// <summary>The last spare thread is not put at risk: no more command lines are read, and known names are kept.</summary>
    [Fact]
    public async Task NoThreadLeft_OneProcessHangs_NoCommandLineIsReadUntilItAnswers()
    {
        using FixtureHost host = new();
        await using Exporter exporter = await StartAsync($"--path.procfs={host.Root}");
        Metrics before = await ScrapeWholeAsync(exporter);
        await using Child filler = await FillAsync(FirstOf(exporter));
        await MakeFifoAsync(host, "8/cmdline");
        await Eventually.TrueAsync(
            async () => (await ScrapeWholeAsync(exporter))["fd_exporter_hung_processes"] == 1, () => "the command line was not read again");
        await MakeFifoAsync(host, "9/cmdline");

        // Each process is read again within this many scrapes.
        for (int i = 0; i < 70; i++)
        {
            Metrics metrics = await ScrapeWholeAsync(exporter);
            Assert.Equal(1, metrics["fd_exporter_hung_processes"]);
            Assert.Equal(before.ByLabel("fd_group_processes", "group"), metrics.ByLabel("fd_group_processes", "group"));
        }

        await AnswerAsync(host, "8/cmdline");
        await Eventually.TrueAsync(
            async () => (await ScrapeWholeAsync(exporter))["fd_exporter_hung_processes"] == 1
                && exporter.Child.Output.Contains("continuing without it\" pid=9", StringComparison.Ordinal),
            () => $"it reads no process any more: {exporter.Child.Output}");
        await AnswerAsync(host, "9/cmdline");
        await Eventually.TrueAsync(
            async () => (await ScrapeWholeAsync(exporter))["fd_exporter_hung_processes"] == 0, () => "it does not recover");
        await EndAsync(exporter, filler);
    }

    /// <summary>The just-in-time compiler of a test build sometimes starts a thread; the release has none.</summary>
    private static Task<Exporter> StartAsync(params string[] arguments) => StartWithAsync("DOTNET_TieredCompilation=0", Exporter.Binary, arguments);

    private static Task<Exporter> StartWithAsync(string setting, string binary, params string[] arguments)
        => Exporter.StartAsAsync(
            "env",
            [setting, "unshare", "--pid", "--fork", "--kill-child", "--mount", "sh", "-c", "mount -t proc proc /proc && echo 301 > /proc/sys/kernel/pid_max && exec \"$@\"", "sh", binary, .. arguments]);

    /// <summary>The exporter itself, in this namespace.</summary>
    private static int FirstOf(Exporter exporter)
        => int.Parse(File.ReadAllText($"/proc/{exporter.Child.Pid}/task/{exporter.Child.Pid}/children").Trim(), CultureInfo.InvariantCulture);

    private static IEnumerable<string> SocketsOf(string table)
        => File.ReadLines(table).Skip(1).Select(static line => $"socket:[{line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1]}]");

    /// <summary>Processes started through another program do not end with it.</summary>
    private static async Task EndAsync(Exporter exporter, Child filler)
    {
        const int terminate = 15;
        filler.CloseInput();
        await filler.WaitForExitAsync();
        Child.Signal(FirstOf(exporter), terminate);
        await exporter.Child.WaitForExitAsync();
    }

    private static string[] Inside(int first) => [FormattableString.Invariant($"--target={first}"), "--pid", "--mount"];

    private static async Task<Child> FillAsync(int first)
    {
        Child filler = Child.Start("nsenter", [.. Inside(first), "python3", "-c", Fill]);
        await filler.WaitForLineAsync("full: Resource temporarily unavailable");
        return filler;
    }

    private static async Task<Metrics> ScrapeWholeAsync(Exporter exporter)
    {
        Metrics metrics = await exporter.ScrapeAsync();
        CheckWhole(metrics);
        return metrics;
    }

    private static void CheckWhole(Metrics metrics)
        => Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));

    private static async Task MakeFifoAsync(FixtureHost host, string file)
    {
        host.Delete(file);
        (int exitCode, _, string error) = await Child.RunAsync("mkfifo", null, host.PathOf(file));
        Assert.True(exitCode == 0, error);
    }

    private static Task AnswerAsync(FixtureHost host, string file)
        => Task.Run(() =>
        {
            string fifo = host.PathOf(file);
            File.WriteAllText(fifo + ".new", "node\0");
            using FileStream writer = new(fifo, FileMode.Open, FileAccess.Write);
            File.Move(fifo + ".new", fifo, overwrite: true);
            writer.Write("node\0"u8);
        }).WaitAsync(TimeSpan.FromMinutes(1));
}
