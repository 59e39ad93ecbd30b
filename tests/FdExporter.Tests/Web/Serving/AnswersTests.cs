using System.Globalization;
using System.Net;
using System.Text;
using FdExporter.Metrics;
using FdExporter.Web.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FdExporter.Tests.Web.Serving;

public class AnswersTests
{
    private const int Mebibyte = 1024 * 1024;

    private readonly ExporterMetrics _exporter = new();
    private readonly Answers _answers;

    public AnswersTests() => _answers = new Answers(_exporter, "/metrics", TimeProvider.System);

    [Fact]
    public async Task Answer_IsMadeWhole_BeforeAnyOfItIsSent()
    {
        using MemoryStream client = new();
        DefaultHttpContext context = ContextOf("192.0.2.1", client);
        await _answers.HandleAsync(context, async made =>
        {
            for (int i = 0; i < 50_000; i++)
            {
                await made.Response.WriteAsync(i.ToString("d5", CultureInfo.InvariantCulture));
            }

            Assert.Equal(0, client.Length);
        });
        Assert.Equal(250_000, context.Response.ContentLength);
        Assert.Equal(string.Concat(Enumerable.Range(0, 50_000).Select(static i => i.ToString("d5", CultureInfo.InvariantCulture))), Encoding.ASCII.GetString(client.ToArray()));
    }

    [Fact]
    public async Task SlowReaders_HaveHalf_ThereIsRoomForOthers_AndAllComesBack()
    {
        using Stalled stalled = new();
        DefaultHttpContext[] contexts = [.. Enumerable.Range(0, 30).Select(_ => ContextOf("192.0.2.66", stalled))];
        Task[] slow = [.. contexts.Select(each => AnswerAsync(each, Mebibyte))];
        Assert.Equal((int)(Answers.Most / 2 / Mebibyte), contexts.Count(static each => each.Response.StatusCode == 200));
        using MemoryStream client = new();
        Assert.Equal(200, (await AnswerAsync("192.0.2.1", client, Mebibyte)).StatusCode);
        Assert.Equal(Mebibyte, client.Length);
        client.SetLength(0);
        Assert.Equal(503, (await AnswerAsync("192.0.2.1", client, (int)Answers.Most)).StatusCode);
        Assert.Equal("Too many answers are pending, try again later.\n", Encoding.UTF8.GetString(client.ToArray()));
        DefaultHttpContext scrape = ContextOf("192.0.2.66", client);
        scrape.Request.Path = "/metrics";
        await AnswerAsync(scrape, Mebibyte);
        Assert.Equal(200, scrape.Response.StatusCode);
        DefaultHttpContext probe = ContextOf("192.0.2.66", client);
        probe.Request.Path = "/-/healthy";
        await AnswerAsync(probe, Mebibyte);
        Assert.Equal(200, probe.Response.StatusCode);
        stalled.Release();
        await Task.WhenAll(slow);
        client.SetLength(0);
        Assert.Equal(200, (await AnswerAsync("192.0.2.66", client, 5 * Mebibyte)).StatusCode);
        Assert.Equal(5 * Mebibyte, client.Length);
        string metrics = Encoding.UTF8.GetString(await Exposition.WriteAsync(Prometheus.ExpositionFormat.PrometheusText, _exporter.Registry));
        Assert.Contains("fd_exporter_answers_refused_total 25\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_KeepsOnlyTheCommonHeaders()
    {
        using MemoryStream client = new();
        DefaultHttpContext context = ContextOf("192.0.2.1", client);
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await _answers.HandleAsync(context, static made =>
        {
            made.Response.ContentLength = Answers.Most + 1;
            made.Response.Headers.ContentEncoding = "gzip";
            return made.Response.Body.WriteAsync(new byte[(int)Answers.Most + 1]).AsTask();
        });
        Assert.Equal(
            (503, "nosniff", "", null),
            (context.Response.StatusCode, context.Response.Headers.XContentTypeOptions.ToString(), context.Response.Headers.ContentEncoding.ToString(), context.Response.ContentLength));
    }

    [Fact]
    public async Task Failure_ReleasesTheMemory()
    {
        using MemoryStream client = new();
        for (int i = 0; i < 100; i++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => _answers.HandleAsync(ContextOf("192.0.2.1", client), static async made =>
            {
                await made.Response.Body.WriteAsync(new byte[Mebibyte]);
                throw new InvalidOperationException();
            }));
        }

        Assert.Equal(0, client.Length);
        Assert.Equal(200, (await AnswerAsync("192.0.2.1", client, 5 * Mebibyte)).StatusCode);
    }

    private async Task<HttpResponse> AnswerAsync(string address, Stream client, int length)
    {
        DefaultHttpContext context = ContextOf(address, client);
        await AnswerAsync(context, length);
        return context.Response;
    }

    private Task AnswerAsync(DefaultHttpContext context, int length)
        => _answers.HandleAsync(context, made => made.Response.Body.WriteAsync(new byte[length]).AsTask());

    private static DefaultHttpContext ContextOf(string address, Stream client)
    {
        DefaultHttpContext context = new();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(client));
        return context;
    }

    /// <summary>A client that reads nothing until it is released.</summary>
    private sealed class Stalled : MemoryStream
    {
        private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal void Release() => _release.SetResult();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => new(_release.Task);
    }
}
