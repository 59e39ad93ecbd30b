using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Self;

namespace FdExporter.EndToEnd;

/// <summary>The messages to a service manager, on a real socket like the manager's.</summary>
public class NotifyTests
{
    private const int SIGHUP = 1;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Manager_IsNotifiedFromStartToEnd(bool isAbstract)
    {
        using NotifySocket manager = new(isAbstract);
        await using Exporter exporter = await Exporter.StartAsAsync("env", $"NOTIFY_SOCKET={manager.Name}", Exporter.Binary);
        Assert.Equal($"READY=1\nSTATUS=Serving at {exporter.Address.ToString().TrimEnd('/')}", await manager.ReceiveAsync());
        exporter.Child.Signal(SIGHUP);
        Assert.StartsWith("RELOADING=1\nMONOTONIC_USEC=", await manager.ReceiveAsync(), StringComparison.Ordinal);
        Assert.Equal("READY=1\nSTATUS=No rules to reload", await manager.ReceiveAsync());
        exporter.Child.Terminate();
        Assert.Equal("STOPPING=1", await manager.ReceiveAsync());
        Assert.Equal(0, await exporter.Child.WaitForExitAsync());
        Assert.False(manager.HasMessage);
    }

    [Fact]
    public async Task Rules_ThatCannotBeRead_AreInTheStatus()
    {
        string rules = Path.GetTempFileName();
        try
        {
            File.WriteAllText(rules, "process_names: [{name: a, comm: [b]}]");
            using NotifySocket manager = new();
            await using Exporter exporter = await Exporter.StartAsAsync(
                "env", $"NOTIFY_SOCKET={manager.Name}", Exporter.Binary, $"--config.file={rules}");
            await manager.ReceiveAsync();
            File.WriteAllText(rules, "process_name: []");
            exporter.Child.Signal(SIGHUP);
            await manager.ReceiveAsync();
            Assert.StartsWith($"READY=1\nSTATUS=Rules not reloaded, the old ones stay: {rules}:1: ", await manager.ReceiveAsync(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(rules);
        }
    }

    [Fact]
    public async Task StartThatFails_IsNeverReady()
    {
        using NotifySocket manager = new();
        (int exitCode, _, _) = await Child.RunAsync(
            "env", null, $"NOTIFY_SOCKET={manager.Name}", Exporter.Binary, "--web.listen-address=127.0.0.1:0", "--path.procfs=/nowhere");
        Assert.Equal(1, exitCode);
        Assert.False(manager.HasMessage);
    }

    /// <summary>A watchdog must not end the exporter just when other processes have taken every handle.</summary>
    [Fact]
    public async Task Watchdog_GetsItsSignal_EvenWithoutFreeHandles()
    {
        using NotifySocket manager = new();
        await using Exporter exporter = await Exporter.StartAsAsync(
            "env", $"NOTIFY_SOCKET={manager.Name}", "WATCHDOG_USEC=400000", NativeBuild.Binary);
        Assert.StartsWith("READY=1\n", await NextAsync("READY"), StringComparison.Ordinal);
        Assert.Equal("WATCHDOG=1", await NextAsync("WATCHDOG"));
        (int exitCode, _, string error) = await Child.RunAsync("prlimit", null, $"--pid={exporter.Child.Pid}", "--nofile=3:3");
        Assert.True(exitCode == 0, error);
        while (manager.HasMessage)
        {
            await manager.ReceiveAsync();
        }

        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("WATCHDOG=1", await manager.ReceiveAsync());
        }

        async Task<string> NextAsync(string what)
        {
            while (true)
            {
                string message = await manager.ReceiveAsync();
                if (message.StartsWith(what, StringComparison.Ordinal))
                {
                    return message;
                }
            }
        }
    }

    [Fact]
    public async Task Watchdog_OfAnotherProcess_GetsNoSignal()
    {
        using NotifySocket manager = new();
        await using Exporter exporter = await Exporter.StartAsAsync(
            "env", $"NOTIFY_SOCKET={manager.Name}", "WATCHDOG_USEC=1000", "WATCHDOG_PID=1", Exporter.Binary);
        Assert.StartsWith("READY=1\n", await manager.ReceiveAsync(), StringComparison.Ordinal);
        await exporter.ScrapeAsync();
        exporter.Child.Terminate();
        Assert.Equal("STOPPING=1", await manager.ReceiveAsync());
    }
}
