using FdExporter.Web.Serving;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Web.Serving;

public class ScanLockTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScanLock _scanLock;

    public ScanLockTests() => _scanLock = new ScanLock(_time);

    [Fact]
    public void Scans_GoBeforeInspections_OfWhichOneGoesAfterFour()
    {
        Assert.True(_scanLock.EnterForInspectionAsync().IsCompleted);
        Task[] inspections = [_scanLock.EnterForInspectionAsync(), _scanLock.EnterForInspectionAsync()];
        Task[] scans = [.. Enumerable.Range(0, 6).Select(_ => _scanLock.EnterForScanAsync())];
        List<string> order = [];
        for (int i = 0; i < 8; i++)
        {
            int scansBefore = scans.Count(static each => each.IsCompleted);
            _scanLock.Leave();
            order.Add(scans.Count(static each => each.IsCompleted) > scansBefore ? "scan" : "inspection");
        }

        Assert.Equal(["scan", "scan", "scan", "scan", "inspection", "scan", "scan", "inspection"], order);
        Assert.All(inspections, static each => Assert.True(each.IsCompleted));
    }

    [Fact]
    public void InFlight_EndsWithTheRunningScan_DespiteWaiters()
    {
        Assert.True(_scanLock.UnderWay.IsCompleted);
        Assert.Equal(TimeSpan.Zero, _scanLock.UnderWayFor);
        _ = _scanLock.EnterForScanAsync();
        Task next = _scanLock.EnterForScanAsync();
        Task end = _scanLock.UnderWay;
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(5), _scanLock.UnderWayFor);
        Assert.False(end.IsCompleted);
        _scanLock.Leave();
        Assert.True(end.IsCompleted);
        Assert.True(next.IsCompleted);
        Assert.Equal(TimeSpan.Zero, _scanLock.UnderWayFor);
        Assert.False(_scanLock.UnderWay.IsCompleted);
        _scanLock.Leave();
        Assert.True(_scanLock.UnderWay.IsCompleted);
    }
}
