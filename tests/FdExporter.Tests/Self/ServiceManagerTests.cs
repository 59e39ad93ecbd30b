using FdExporter.Self;

namespace FdExporter.Tests.Self;

/// <summary>The protocol, on real sockets.</summary>
public class ServiceManagerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EachStep_IsOneMessage(bool isAbstract)
    {
        using NotifySocket socket = new(isAbstract);
        using ServiceManager manager = new(socket.Name);
        manager.Started("Serving at http://[::]:10070");
        Assert.Equal("READY=1\nSTATUS=Serving at http://[::]:10070", await socket.ReceiveAsync());
        manager.Alive();
        Assert.Equal("WATCHDOG=1", await socket.ReceiveAsync());
        manager.Reloading();
        Assert.Matches("^RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]*$", await socket.ReceiveAsync());
        manager.Reloaded("Rules reloaded");
        Assert.Equal("READY=1\nSTATUS=Rules reloaded", await socket.ReceiveAsync());
        manager.Stopping();
        Assert.Equal("STOPPING=1", await socket.ReceiveAsync());
    }

    [Fact]
    public async Task ReloadBeforeTheStartIsOver_DoesNotSayThatItIs()
    {
        using NotifySocket socket = new();
        using ServiceManager manager = new(socket.Name);
        manager.Reloading();
        manager.Reloaded("Rules reloaded");
        manager.Stopping();
        Assert.Equal("STOPPING=1", await socket.ReceiveAsync());
    }

    [Fact]
    public async Task Status_WithALineBreak_StaysOneLine()
    {
        using NotifySocket socket = new();
        using ServiceManager manager = new(socket.Name);
        manager.Started("a\nMAINPID=1");
        Assert.Equal("READY=1\nSTATUS=a?MAINPID=1", await socket.ReceiveAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("@")]
    [InlineData("vsock:2:1234")]
    [InlineData("/nowhere/notify")]
    public void MissingManager_IsNoError(string? name)
    {
        using ServiceManager manager = new(name);
        manager.Started("x");
        manager.Alive();
    }

    [Fact]
    public async Task ManagerThatDoesNotRead_IsNotWaitedFor()
    {
        using NotifySocket socket = new();
        using ServiceManager manager = new(socket.Name);

        // Far more than the kernel queues.
        await Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                manager.Alive();
            }
        }).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("WATCHDOG=1", await socket.ReceiveAsync());
    }

    [Fact]
    public async Task ManagerThatRestarts_IsHeardOfAgain()
    {
        string folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        try
        {
            string path = Path.Combine(folder, "notify");
            using ServiceManager manager = new(path);
            for (int i = 0; i < 2; i++)
            {
                using System.Net.Sockets.Socket socket = new(
                    System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Unspecified);
                manager.Alive();
                socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
                manager.Alive();
                byte[] buffer = new byte[100];
                Assert.Equal("WATCHDOG=1".Length, await socket.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromMinutes(1)));
                File.Delete(path);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
