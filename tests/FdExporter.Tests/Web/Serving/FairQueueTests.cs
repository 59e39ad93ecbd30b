using System.Net;
using FdExporter.Web.Serving;

namespace FdExporter.Tests.Web.Serving;

public class FairQueueTests
{
    private static readonly Client s_many = new(IPAddress.Loopback, false);
    private static readonly Client s_few = new(IPAddress.IPv6Any, false);

    private readonly FairQueue _queue = new();

    [Fact]
    public async Task Addresses_TakeTurns()
    {
        await _queue.EnterAsync(s_many, CancellationToken.None);
        Task[] many = [.. Enumerable.Range(0, 10).Select(_ => _queue.EnterAsync(s_many, CancellationToken.None))];
        Task few = _queue.EnterAsync(s_few, CancellationToken.None);
        _queue.Leave();
        await many[0];
        Assert.False(few.IsCompleted);
        _queue.Leave();
        await few;
        Assert.False(many[1].IsCompleted);
        _queue.Leave();
        await many[1];
    }

    [Fact]
    public async Task CancelledWaiter_LeavesThePlaceToTheNext()
    {
        await _queue.EnterAsync(s_many, CancellationToken.None);
        using CancellationTokenSource gone = new();
        Task first = _queue.EnterAsync(s_many, gone.Token);
        Task second = _queue.EnterAsync(s_many, CancellationToken.None);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _queue.Leave();
        await second;
        _queue.Leave();
        await _queue.EnterAsync(s_few, CancellationToken.None);
    }
}
