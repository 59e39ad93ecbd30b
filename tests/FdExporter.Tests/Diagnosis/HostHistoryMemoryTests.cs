using FdExporter.Diagnosis;
using FdExporter.Tests.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Diagnosis;

[Collection(Alone.Name)]
public class HostHistoryMemoryTests
{
    [Fact]
    public void FullHistory_TakesAboutOneMegabyte_AfterHoursOfNewcomersToo()
    {
        FakeTimeProvider time = new();
        HostHistory history = new(time);

        // What earlier tests left for finalizers is freed before, not meanwhile.
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
        Assert.InRange(bytes, 800_000, 1_500_000);
    }
}
