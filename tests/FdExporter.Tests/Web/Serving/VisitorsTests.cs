using System.Text;
using FdExporter.Web.Serving;
using Microsoft.AspNetCore.Http;

namespace FdExporter.Tests.Web.Serving;

/// <summary>Every request is answered, whatever goes wrong, and frees its place for the next.</summary>
public class VisitorsTests
{
    [Fact]
    public async Task MoreThanThereArePlacesFor_AreSentAwayAtOnce()
    {
        Visitors visitors = new(1);
        TaskCompletionSource end = new();
        Task first = visitors.Guard(_ => end.Task)(new DefaultHttpContext());
        Assert.Equal((503, "Limit of concurrent requests reached (1), try again later.\n"), await AnswerAsync(visitors, static _ => Task.CompletedTask));
        end.SetResult();
        await first;
        Assert.Equal((200, ""), await AnswerAsync(visitors, static _ => Task.CompletedTask));
    }

    [Fact]
    public async Task Failure_IsOneLineAndFreesThePlace()
    {
        Visitors visitors = new(1);
        Assert.Equal((503, "No answer in time: too late\n"), await AnswerAsync(visitors, static _ => throw new TimeoutException("too late")));
        Assert.Equal((503, "fd-exporter cannot answer: open /proc: Too many open files\n"), await AnswerAsync(visitors, static _ => throw new IOException("open /proc: Too many open files")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => AnswerAsync(visitors, static _ => throw new InvalidOperationException()));
        Assert.Equal((200, ""), await AnswerAsync(visitors, static _ => Task.CompletedTask));
    }

    [Fact]
    public async Task DisconnectedClient_GetsNoAnswer()
    {
        Visitors visitors = new(1);
        using CancellationTokenSource gone = new();
        await gone.CancelAsync();
        DefaultHttpContext context = new() { RequestAborted = gone.Token };
        await visitors.Guard(static context => Task.FromCanceled(context.RequestAborted))(context);
        Assert.Equal(200, context.Response.StatusCode);

        // A cancellation with another cause must still be answered.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AnswerAsync(visitors, static _ => throw new OperationCanceledException()));
    }

    private static async Task<(int Status, string Body)> AnswerAsync(Visitors visitors, RequestDelegate handler)
    {
        DefaultHttpContext context = new();
        using MemoryStream body = new();
        context.Response.Body = body;
        await visitors.Guard(handler)(context);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray()));
    }
}
