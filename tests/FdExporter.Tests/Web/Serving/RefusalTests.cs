using System.Text;
using System.Text.Json;
using FdExporter.Tests.Testing;
using FdExporter.Web.Serving;
using Microsoft.AspNetCore.Http;

namespace FdExporter.Tests.Web.Serving;

/// <summary>Below <c>/api</c> each error response is a problem document, whatever its origin; elsewhere none is.</summary>
public class RefusalTests
{
    private readonly ListLogger<Refusal> _log = new();

    [Fact]
    public async Task Requests_ThatCannotBeServed_GetAProblemDocument()
    {
        Visitors visitors = new(1);
        TaskCompletionSource end = new();
        Task first = visitors.Guard(_ => end.Task)(new DefaultHttpContext());
        await CheckProblemAsync(503, "Limit of concurrent requests reached (1), try again later.", visitors.Guard(static _ => Task.CompletedTask));
        end.SetResult();
        await first;
        await CheckProblemAsync(503, "No answer in time: too late", visitors.Guard(static _ => throw new TimeoutException("too late")));
        await CheckProblemAsync(503, "fd-exporter cannot answer: open /proc: Too many open files", visitors.Guard(static _ => throw new IOException("open /proc: Too many open files")));
        Assert.Empty(_log.Lines);
    }

    [Theory]
    [InlineData(404, "Known are /api/v1/host, /api/v1/processes, /api/v1/processes/{pid}, /api/v1/close-wait, /api/v1/connections, /api/v1/listeners.")]
    [InlineData(405, "This path allows only GET, HEAD.")]
    [InlineData(415, "Unsupported Media Type")]
    public async Task StatusWithoutABody_GetsAProblemDocument(int status, string detail)
        => await CheckProblemAsync(status, detail, context =>
        {
            context.Response.Headers.Allow = "GET, HEAD";
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });

    [Fact]
    public async Task Defect_IsLogged_AndNotInTheAnswer()
    {
        await CheckProblemAsync(500, "Internal error; the log of the exporter has the details.", static _ => throw new InvalidOperationException("secret"));
        Assert.All(_log.Lines, static line => Assert.StartsWith("Error API request failed", line, StringComparison.Ordinal));
        Assert.NotEmpty(_log.Lines);
    }

    [Fact]
    public async Task ExistingAnswer_StaysUnchanged()
    {
        (int status, string? type, string body) = await AnswerAsync("/api/v1/host", static context =>
        {
            context.Response.StatusCode = 404;
            return PlainText.WriteAsync(context, "mine");
        });
        Assert.Equal((404, "text/plain; charset=utf-8", "mine\n"), (status, type, body));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/metrics")]
    [InlineData("/apiary")]
    public async Task Elsewhere_NothingIsAdded(string path)
    {
        (int status, string? type, string body) = await AnswerAsync(path, static context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        Assert.Equal((404, null, ""), (status, type, body));
        Assert.Equal("text/plain; charset=utf-8", (await AnswerAsync(path, static context => Refusal.WriteAsync(context, 503, "busy"))).Type);
        await Assert.ThrowsAsync<InvalidOperationException>(() => AnswerAsync(path, static _ => throw new InvalidOperationException()));
    }

    private async Task CheckProblemAsync(int status, string detail, RequestDelegate handler)
    {
        foreach (string path in (string[])["/api/v1/host", "/API/v1/host", "/api"])
        {
            (int answered, string? type, string body) = await AnswerAsync(path, handler);
            Assert.Equal((status, "application/problem+json; charset=utf-8"), (answered, type));
            using JsonDocument problem = JsonDocument.Parse(body);
            Assert.Equal(["status", "title", "detail"], problem.RootElement.EnumerateObject().Select(static each => each.Name));
            Assert.Equal((status, detail), (problem.RootElement.GetProperty("status").GetInt32(), problem.RootElement.GetProperty("detail").GetString()));
        }
    }

    private async Task<(int Status, string? Type, string Body)> AnswerAsync(string path, RequestDelegate handler)
    {
        DefaultHttpContext context = new();
        using MemoryStream body = new();
        context.Request.Path = path;
        context.Response.Body = body;
        await new Refusal(_log).ExplainAsync(context, handler);
        return (context.Response.StatusCode, context.Response.ContentType, Encoding.UTF8.GetString(body.ToArray()));
    }
}
