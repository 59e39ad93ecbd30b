using FdExporter.Benchmarks.Soak;

namespace FdExporter.Tests.Soak;

/// <summary>The verdict of the command soak can fail.</summary>
public class SoakResultTests
{
    private const int Scrapes = 20_000;

    [Fact]
    public void Verdict_MemoryThatSwingsAndStays_IsSteady()
        => Assert.Empty(Of(static scrapes => 58_000 + (scrapes * 7919 % 9000), static _ => 17).Verdict());

    [Fact]
    public void Verdict_MemoryThatGrowsInTheWarmUpOnly_IsSteady()
        => Assert.Empty(Of(static scrapes => 30_000 + (Math.Min(scrapes, Scrapes / 4) * 6), static _ => 17).Verdict());

    [Fact]
    public void Verdict_MemoryThatLeaksAmongSwings_IsNot()
        => Assert.Equal(
            ["resident memory grew by 400.0 KiB per 1,000 scrapes"],
            Of(static scrapes => 58_000 + (scrapes * 4 / 10) + (scrapes % 2000 == 0 ? 9000 : 0), static _ => 17).Verdict());

    [Fact]
    public void Verdict_ADescriptorLeftBehindEachThousandScrapes_IsNotSteady()
        => Assert.Equal(["descriptors of the exporter grew by 1.00 per 1,000 scrapes"], Of(static _ => 58_000, static scrapes => 17 + (scrapes / 1000)).Verdict());

    [Fact]
    public void Verdict_DescriptorsForNamespacesThatAreThere_AreNotItsOwn()
        => Assert.Empty(Of(static _ => 58_000, static scrapes => 17 + (scrapes / 1000), static scrapes => scrapes / 1000).Verdict());

    [Fact]
    public void Verdict_MoreDescriptorsWithoutLoadThanBefore_IsNotSteady()
        => Assert.Equal(["descriptors of the exporter without load: 17 before, 18 after"], (Of(static _ => 58_000, static _ => 17) with { FdsAfter = 18 }).Verdict());

    [Fact]
    public void Verdict_HasTheProblemsInIt()
        => Assert.Equal(["scrape 3: drift"], (Of(static _ => 58_000, static _ => 17) with { Problems = ["scrape 3: drift"] }).Verdict());

    [Fact]
    public void Slope_WithAThirdOfThePointsFarOff_IsThatOfTheRest()
        => Assert.Equal(2, Slope.Of([.. Enumerable.Range(0, 30).Select(static x => ((double)x, x % 10 is 3 or 5 or 8 ? 1e6 : 2.0 * x))]), 1e-9);

    private static SoakResult Of(Func<int, int> residentKib, Func<int, int> fds, Func<int, int>? namespaces = null) => new(
        Scrapes,
        TimeSpan.FromSeconds(75),
        [.. Enumerable.Range(1, Scrapes / 100).Select(i => i * 100).Select(i => new SoakSample(i, residentKib(i), fds(i), namespaces?.Invoke(i) ?? 0))],
        FdsBefore: 17,
        FdsAfter: 17,
        Changes: 400,
        Comparisons: 20,
        Problems: []);
}
