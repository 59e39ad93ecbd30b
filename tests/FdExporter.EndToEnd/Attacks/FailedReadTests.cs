using System.Globalization;
using System.Text.RegularExpressions;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd.Attacks;

/// <summary>
/// Each read of a scan fails in turn, once: whatever the result of that scan, the next one is complete, so nothing incomplete
/// was kept. Runs in its own pid namespace, with few processes.
/// </summary>
public sealed partial class FailedReadTests(KernelFaults kernel) : IClassFixture<KernelFaults>
{
    /// <summary>
    /// On each line a new process replaces the last: with one more thread, a listener, a connection, in a network namespace.
    /// </summary>
    private const string Processes = """
        import ctypes, os, socket, sys, threading
        child = 0
        for line in sys.stdin:
            if child:
                os.kill(child, 9)
                os.waitpid(child, 0)
            read, write = os.pipe()
            child = os.fork()
            if child == 0:
                ctypes.CDLL(None).unshare(0x40000000)
                os.system("ip link set lo up")
                listener = socket.create_server(("127.0.0.1", 0))
                client = socket.create_connection(listener.getsockname())
                server, _ = listener.accept()
                client.shutdown(socket.SHUT_WR)
                threading.Thread(target=threading.Event().wait, daemon=True).start()
                os.write(write, b"1")
                threading.Event().wait()
            os.read(read, 1)
            os.close(read)
            os.close(write)
            print("there", line.strip(), flush=True)
        os.kill(child, 9)
        """;

    /// <summary>The part of the output that is the same on each scan of the same processes.</summary>
    private static readonly string[] s_families =
    [
        "fd_group_processes", "fd_group_open_fds", "fd_group_fds", "fd_group_tcp_sockets", "fd_close_wait_sockets", "fd_tcp_sockets", "fd_exporter_collector_success", "fd_exporter_processes",
        "fd_exporter_hung_processes", "fd_exporter_unread_namespaces", "fd_exporter_unattributed_sockets", "fd_exporter_unchecked_thread_tables", "fd_exporter_unwalked_processes",
    ];

    [Fact]
    public async Task EachReadFailsOnce_TheNextScanIsWhole()
    {
        await using Exporter exporter = await Exporter.StartAsAsync(
            "unshare", ["--pid", "--fork", "--kill-child", "--mount-proc", .. kernel.WithReads, Exporter.Binary]);
        string first = File.ReadAllText($"/proc/{exporter.Child.Pid}/task/{exporter.Child.Pid}/children").Trim();
        await using Child processes = Child.Start("nsenter", $"--target={first}", "--pid", "--mount", "python3", "-c", Processes);
        await ReplaceAsync(processes, 0);
        await exporter.ScrapeAsync();
        string[] whole = Essence(await exporter.ScrapeAsync());
        Assert.Contains(whole, static line => line.StartsWith("fd_close_wait_sockets", StringComparison.Ordinal));
        List<string> halves = [];
        int read = 1;
        string before = "";
        for (int round = 1; ; round++)
        {
            await ReplaceAsync(processes, round);
            kernel.FailingRead = read;
            using HttpResponseMessage answer = await exporter.Client.GetAsync(new Uri("/metrics", UriKind.Relative));
            if (kernel.IsReadToFail)
            {
                break;
            }

            // A result that is incomplete because of the read is so again; on a busy machine it may happen once by chance.
            string[] next = Essence(await exporter.ScrapeAsync());
            string half = whole.SequenceEqual(next) ? "" : $"after read {read}: {string.Join("; ", next.Except(whole))} instead of {string.Join("; ", whole.Except(next))}";
            if (half.Length > 0 && before.Length == 0)
            {
                before = half;
                continue;
            }

            if (half.Length > 0)
            {
                halves.Add(half);
            }

            before = "";
            read++;
        }

        Assert.True(halves.Count == 0, $"{string.Join('\n', halves)}\n{exporter.Child.Output}");
        Assert.True(read > 50, $"no more than {read} reads");
        kernel.FailingRead = 0;
        processes.CloseInput();
        await processes.WaitForExitAsync();
        Child.Signal(int.Parse(first, CultureInfo.InvariantCulture), 15);
        await exporter.Child.WaitForExitAsync();
    }

    private static async Task ReplaceAsync(Child processes, int number)
    {
        await processes.WriteLineAsync($"<{number}>");
        await processes.WaitForLineAsync($"there <{number}>");
    }

    /// <summary>Without the exporter's own metrics and what varies by chance.</summary>
    private static string[] Essence(Metrics metrics)
        => [.. s_families.SelectMany(metrics.Family)
            .Where(static each => each.Value != 0 && Metrics.LabelOf(each.Key, "group") != "fd-exporter" && Metrics.LabelOf(each.Key, "netns") != "host")
            .Select(static each => $"{ByChance().Replace(each.Key, "")} {each.Value}")
            .Order(StringComparer.Ordinal)];

    [GeneratedRegex("""net:\[\d+\]|:\d+""")]
    private static partial Regex ByChance();
}
