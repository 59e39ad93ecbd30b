using FdExporter.Diagnosis.History;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Diagnosis.History;

[Collection(Alone.Name)]
public class HostHistoryMemoryTests
{
    [Fact]
    public void FullHistory_TakesLessThanTwoMegabytes_AfterHoursOfNewcomersToo()
    {
        FakeTimeProvider time = new();
        HostHistory history = new(time);

        // Free what earlier tests left for finalizers before, not during the measurement.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int scan = 0; scan < 300; scan++)
        {
            history.Add(HostHistoryTests.Flood(scan));
            time.Advance(TimeSpan.FromMinutes(1));
        }

        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.Equal(HostHistory.MostSeries, history.Count);
        Assert.InRange(bytes, 1_000_000, 2_000_000);
    }
}
