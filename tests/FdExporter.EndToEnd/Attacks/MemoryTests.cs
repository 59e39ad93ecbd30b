using System.Globalization;
using System.Net.Sockets;
using System.Text;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd.Attacks;

/// <summary>Processes that hold as much text as they can, and clients that request all of it and read nothing.</summary>
public sealed class MemoryTests : IDisposable
{
    private const int Fds = 19_000;
    private const int Processes = 5;
    private const int Readers = 100;

    /// <summary>Half of the memory limit of the shipped container.</summary>
    private const int MostKib = 96 * 1024;

    private const string Hold = """
        import os, resource, sys, time
        resource.setrlimit(resource.RLIMIT_NOFILE, (20000, 20000))
        os.chdir(sys.argv[1])
        for _ in range(14):
            os.makedirs("d" * 249, exist_ok=True)
            os.chdir("d" * 249)
        file = os.open("f" * 100, os.O_CREAT | os.O_RDWR)
        for _ in range(int(sys.argv[2]) - 1):
            os.dup(file)
        print("ready", flush=True)
        time.sleep(120)
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
    private readonly List<Socket> _sockets = [];

    public void Dispose()
    {
        _sockets.ForEach(static socket => socket.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task SlowReadersOfLongPaths_CostBoundedMemory_WhichIsReleased()
    {
        await using Children holders = await HoldAsync(Processes);
        await using Exporter exporter = await Exporter.StartAsAsync(NativeBuild.Binary, "--web.show-paths");
        await exporter.ScrapeAsync();
        for (int i = 0; i < Readers; i++)
        {
            await AskAsync(exporter, holders.Pids[i % Processes]);
        }

        long most = 0;
        for (int i = 0; i < 20; i++)
        {
            Metrics metrics = await exporter.ScrapeAsync();
            Assert.All(metrics.Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
            most = Math.Max(most, exporter.ResidentKib);
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }

        Assert.InRange(most, 0, MostKib);
        _sockets.ForEach(static socket => socket.Dispose());
        await Eventually.TrueAsync(() => exporter.ResidentKib < MostKib / 2, () => $"{exporter.ResidentKib} KiB, at most {most}");
    }

    [Fact]
    public async Task InspectionOfLongPaths_IsReleased_ThoughItListsFewDescriptors()
    {
        await using Children holders = await HoldAsync(1);
        await using Exporter exporter = await Exporter.StartAsAsync(NativeBuild.Binary, "--web.show-paths");
        await exporter.ScrapeAsync();
        using HttpClient client = new() { BaseAddress = exporter.Address };
        for (int i = 0; i < 3; i++)
        {
            _ = await client.GetStringAsync(string.Create(CultureInfo.InvariantCulture, $"/api/v1/processes/{holders.Pids[0]}?limit=10"));
        }

        Assert.InRange(exporter.ResidentKib, 0, 2 * MostKib / 3);
        await Eventually.TrueAsync(() => exporter.ResidentKib < 40 * 1024, () => $"{exporter.ResidentKib} KiB");
    }

    [Fact]
    public async Task InspectionsInLittleMemory_AreAnsweredOrRefused_AndScrapesGoOn()
    {
        await using Children holders = await HoldAsync(1);

        // The heap limit that the runtime chooses in a control group of 40 MB.
        await using Exporter exporter = await Exporter.StartAsAsync("env", "DOTNET_GCHeapHardLimit=1E00000", NativeBuild.Binary, "--web.show-paths");
        using HttpClient client = new() { BaseAddress = exporter.Address, Timeout = TimeSpan.FromMinutes(1) };
        await Parallel.ForAsync(0, 8, async (_, cancellation) =>
        {
            for (int i = 0; i < 5; i++)
            {
                using HttpResponseMessage response = await client.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/api/v1/processes/{holders.Pids[0]}?limit=1000"), cancellation);
                Assert.True((int)response.StatusCode is 200 or 503, $"{response.StatusCode}");
            }
        });
        Assert.All((await exporter.ScrapeAsync()).Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
    }

    private async Task AskAsync(Exporter exporter, int pid)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        _sockets.Add(socket);
        await socket.ConnectAsync(exporter.Address.Host, exporter.Address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"GET /api/v1/processes/{pid}?limit=1000 HTTP/1.1\r\nHost: x\r\n\r\n")));
    }

    private async Task<Children> HoldAsync(int count)
    {
        Children children = new();
        for (int i = 0; i < count; i++)
        {
            string folder = Directory.CreateDirectory(Path.Combine(_folder, i.ToString(CultureInfo.InvariantCulture))).FullName;
            children.All.Add(Child.Start("python3", "-c", Hold, folder, Fds.ToString(CultureInfo.InvariantCulture)));
        }

        foreach (Child child in children.All)
        {
            await child.WaitForLineAsync("ready");
        }

        return children;
    }

    private sealed class Children : IAsyncDisposable
    {
        internal List<Child> All { get; } = [];

        internal IReadOnlyList<int> Pids => [.. All.Select(static each => each.Pid)];

        public async ValueTask DisposeAsync()
        {
            foreach (Child child in All)
            {
                await child.DisposeAsync();
            }
        }
    }
}
