using FdExporter.Web.Serving;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Web.Serving;

public class ScanTurnTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScanTurn _turn;

    public ScanTurnTests() => _turn = new ScanTurn(_time);

    [Fact]
    public void Scans_GoBeforeInspections_OfWhichOneGoesAfterFour()
    {
        Assert.True(_turn.EnterForInspectionAsync().IsCompleted);
        Task[] inspections = [_turn.EnterForInspectionAsync(), _turn.EnterForInspectionAsync()];
        Task[] scans = [.. Enumerable.Range(0, 6).Select(_ => _turn.EnterForScanAsync())];
        List<string> order = [];
        for (int i = 0; i < 8; i++)
        {
            int scansBefore = scans.Count(static each => each.IsCompleted);
            _turn.Leave();
            order.Add(scans.Count(static each => each.IsCompleted) > scansBefore ? "scan" : "inspection");
        }

        Assert.Equal(["scan", "scan", "scan", "scan", "inspection", "scan", "scan", "inspection"], order);
        Assert.All(inspections, static each => Assert.True(each.IsCompleted));
    }

    [Fact]
    public void UnderWay_EndsWithTheOneUnderWay_WhoeverWaits()
    {
        Assert.True(_turn.UnderWay.IsCompleted);
        Assert.Equal(TimeSpan.Zero, _turn.UnderWayFor);
        _ = _turn.EnterForScanAsync();
        Task next = _turn.EnterForScanAsync();
        Task end = _turn.UnderWay;
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(5), _turn.UnderWayFor);
        Assert.False(end.IsCompleted);
        _turn.Leave();
        Assert.True(end.IsCompleted);
        Assert.True(next.IsCompleted);
        Assert.Equal(TimeSpan.Zero, _turn.UnderWayFor);
        Assert.False(_turn.UnderWay.IsCompleted);
        _turn.Leave();
        Assert.True(_turn.UnderWay.IsCompleted);
    }
}
