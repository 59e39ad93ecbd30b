using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd.Attacks;

/// <summary>Clients that cause thousands of warnings.</summary>
public sealed class LogFloodTests
{
    private const int MostLines = 5;

    /// <summary>GET https://x/metrics, all of it in one frame. Source: RFC 9113, RFC 7541.</summary>
    private static readonly byte[] s_request = [0x82, 0x87, 0x04, 8, .. "/metrics"u8, 0x41, 1, (byte)'x'];

    /// <summary>SETTINGS_INITIAL_WINDOW_SIZE 0: nothing of an answer can be sent.</summary>
    private static readonly byte[] s_noWindow = [0, 4, 0, 0, 0, 0];

    [Fact]
    public async Task Http2_StreamsThatAreResetAtOnce_AreAFewLines()
    {
        await using SecuredExporter exporter = await SecuredExporter.StartAsync(SecuredExporter.ServerFiles);
        int before = LinesOf(exporter.Child);
        await ResetStreamsAsync(new Uri(exporter.Address), 100, TimeSpan.Zero);
        for (int i = 0; i < 30; i++)
        {
            await ResetStreamsAsync(new Uri(exporter.Address), 16, TimeSpan.FromMilliseconds(2 * i));
        }

        Assert.All((await exporter.ScrapeAsync()).Family("fd_exporter_collector_success"), static each => Assert.Equal(1, each.Value));
        Assert.InRange(LinesOf(exporter.Child) - before, 0, MostLines);
    }

    [Fact]
    public async Task Http2_FramesThatBreakIt_AndHandshakesThatDo_AreAFewLinesOfEachKind()
    {
        await using SecuredExporter exporter = await SecuredExporter.StartAsync(SecuredExporter.ServerFiles);
        Uri address = new(exporter.Address);
        int before = LinesOf(exporter.Child);
        for (int i = 0; i < 100; i++)
        {
            await SendAsync(address, Frame(0, 0, 0, new byte[10]));
            await SendAsync(address, Frame(1, 4, 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
            await SendPlainAsync(address, "GET / HTTP/1.1\r\n\r\n"u8.ToArray());
            await SendPlainAsync(address, [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0]);
        }

        Assert.InRange(LinesOf(exporter.Child) - before, 1, 2 * MostLines);
    }

    [Fact]
    public async Task Reloads_ThatFail_AreOneLine_AndTheirNumber()
    {
        string folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        try
        {
            string rules = Path.Combine(folder, "rules.yml");
            await File.WriteAllTextAsync(rules, "process_names: []");
            await using Exporter exporter = await Exporter.StartAsync($"--config.file={rules}", "--web.enable-lifecycle");
            await File.WriteAllTextAsync(rules, "process_names: [{nam: x}]");
            int before = LinesOf(exporter.Child);
            const int reloads = 200;
            for (int i = 0; i < reloads; i++)
            {
                using HttpResponseMessage response = await exporter.Client.PostAsync("/-/reload", null);
                Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
            }

            Assert.Equal(1, LinesOf(exporter.Child) - before);
            exporter.Child.Terminate();
            await exporter.Child.WaitForExitAsync();
            Assert.EndsWith($"repeated={reloads - 1}", exporter.Child.Output.TrimEnd(), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int LinesOf(Child child) => child.Output.Split('\n').Length;

    /// <param name="after">Time from the start of a stream to its reset.</param>
    private static Task ResetStreamsAsync(Uri address, int streams, TimeSpan after)
    {
        // END_STREAM and END_HEADERS, then RST_STREAM with CANCEL.
        IEnumerable<int> ids = Enumerable.Range(0, streams).Select(static i => (2 * i) + 1);
        return SendAsync(
            address,
            [.. ids.SelectMany(static stream => Frame(1, 5, stream, s_request))],
            after,
            [.. ids.SelectMany(static stream => Frame(3, 0, stream, [0, 0, 0, 8]))]);
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
        => [0, (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, (byte)(stream >> 8), (byte)stream, .. payload];

    private static async Task SendAsync(Uri address, byte[] frames, TimeSpan pause = default, byte[]? then = null)
    {
        using TcpClient client = new(address.Host, address.Port);
#pragma warning disable CA5359 // Only the server is tested.
        await using SslStream stream = new(client.GetStream(), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
#pragma warning restore CA5359
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", ApplicationProtocols = [SslApplicationProtocol.Http2] });
        try
        {
            await stream.WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(4, 0, 0, s_noWindow), .. frames]);
            await Task.Delay(pause);
            await stream.WriteAsync(then ?? []);
            await ReadToEndAsync(stream);
        }
        catch (IOException)
        {
            // The server closed the connection.
        }
    }

    private static async Task SendPlainAsync(Uri address, byte[] bytes)
    {
        using TcpClient client = new(address.Host, address.Port);
        NetworkStream stream = client.GetStream();
        try
        {
            await stream.WriteAsync(bytes);
            client.Client.Shutdown(SocketShutdown.Send);
            await ReadToEndAsync(stream);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Reads for at most 50 ms: there may be no answer.</summary>
    private static async Task ReadToEndAsync(Stream stream)
    {
        using CancellationTokenSource enough = new(TimeSpan.FromMilliseconds(50));
        byte[] buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, enough.Token) > 0)
            {
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
