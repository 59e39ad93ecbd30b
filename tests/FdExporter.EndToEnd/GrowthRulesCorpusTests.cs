using FdExporter.EndToEnd.Testing;
using FdExporter.Tests.Corpus;

namespace FdExporter.EndToEnd;

/// <summary>
/// The alerting rules, evaluated by promtool in each minute of each labelled series, like the verdict in GrowthVerdictCorpusTests.
/// </summary>
public sealed class GrowthRulesCorpusTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Rules_NameEachLeakInTime_AndLeaveTheQuietOnesAlone()
    {
        int seed = GrowthCorpus.Seen[0];

        // Two at once, of about the same work each: few series are long.
        IReadOnlyList<SeriesAlerts>[] parts = await Task.WhenAll(GrowthCorpus.All
            .GroupBy(static series => series.Minutes > 30 * 60)
            .Select(part => SeriesAlerts.OfAsync(_folder, [.. part], seed)));
        SeriesAlerts[] all = [.. parts.SelectMany(static part => part)];
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', all.Select(each =>
            $"{each.Series.Name} {(each.Series.IsLeak ? $"leak by {each.Series.Deadline(seed)}" : "quiet")}: {each.First} {string.Join(' ', each.Severities)}")));
        SeriesAlerts[] leaks = [.. all.Where(static each => each.Series.IsLeak)];
        Assert.Empty(leaks.Where(static each => each.First is null).Select(static each => each.Series.Name));
        string[] late = [.. leaks.Where(each => each.First < each.Series.LeakStart || each.First > each.Series.Deadline(seed)).Select(static each => each.Series.Name)];
        Assert.True(late.Length * 9 <= leaks.Length, string.Join(", ", late));
        SeriesAlerts[] quiet = [.. all.Where(static each => !each.Series.IsLeak)];
        Assert.Empty(quiet.Where(static each => each.Severities.Any(static severity => severity != "info")).Select(static each => each.Series.Name));
        string[] noted = [.. quiet.Where(static each => each.First is not null).Select(static each => each.Series.Name)];
        Assert.True(noted.Length * 20 <= quiet.Length, string.Join(", ", noted));
    }
}
