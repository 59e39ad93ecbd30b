using FdExporter.Web.Serving;
using Microsoft.Extensions.Primitives;

namespace FdExporter.Tests.Web.Serving;

public class ScrapeTimeoutTests
{
    private static readonly TimeSpan s_offset = TimeSpan.FromMilliseconds(500);

    [Theory]
    [InlineData("10", 9.5, 9.75)]
    [InlineData("2", 1.5, 1.75)]
    [InlineData("1", 1, 0.75)]
    [InlineData("0.5", 1, 0.75)]
    [InlineData("0.0001", 1, 0.75)]
    [InlineData("5e-324", 1, 0.75)]
    [InlineData("1e300", 3599.5, 3599.75)]
    public void Parse_Seconds_LeavesAMargin(string header, double budget, double answer)
    {
        Assert.True(ScrapeTimeout.TryParse(header, s_offset, out ScrapeTimeout timeout));
        Assert.Equal(budget, timeout.Budget.TotalSeconds, 6);
        Assert.Equal(answer, timeout.Answer.TotalSeconds, 6);
    }

    [Fact]
    public void Parse_NoHeader_IsTenSeconds()
    {
        Assert.True(ScrapeTimeout.TryParse(StringValues.Empty, s_offset, out ScrapeTimeout timeout));
        Assert.Equal(9.5, timeout.Budget.TotalSeconds, 6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("NaN")]
    [InlineData("ten")]
    [InlineData("10s")]
    public void Parse_AnythingElse_IsRefused(string header) => Assert.False(ScrapeTimeout.TryParse(header, s_offset, out _));

    [Fact]
    public void Parse_TwoHeaders_AreRefused() => Assert.False(ScrapeTimeout.TryParse(new StringValues(["1", "2"]), s_offset, out _));
}
