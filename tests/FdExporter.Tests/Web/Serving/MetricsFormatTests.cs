using CsCheck;
using FdExporter.Web.Serving;

namespace FdExporter.Tests.Web.Serving;

public class MetricsFormatTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("*/*", false)]
    [InlineData("text/plain", false)]
    [InlineData("text/*;q=0.1, application/*;q=0.9", true)]
    [InlineData("application/openmetrics-text", true)]
    [InlineData("application/openmetrics-text; version=0.0.1", true)]
    [InlineData("application/openmetrics-text; version=9.9.9", false)]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"; charset=utf-8", true)]
    [InlineData("application/openmetrics-text;q=0", false)]
    [InlineData("application/openmetrics-text;q=0, */*", false)]
    [InlineData("application/openmetrics-text;q=0.4, text/plain;q=0.5", false)]
    [InlineData("application/openmetrics-text, */*", true)]
    [InlineData("application/openmetrics-text, text/plain", false)]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false)]
    [InlineData("application/json", false)]
    [InlineData("this is ; not = a / header, ,, ;q=", false)]

    // Prometheus 2.42, and 3.
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true)]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1", true)]
    [InlineData("text/plain;version=1.0.0;q=1,text/plain;version=0.0.4;q=0.5,application/openmetrics-text;q=0.7", true)]
    public void Negotiate_AcceptHeader_FollowsItsQuality(string? accept, bool openMetrics)
        => Assert.Equal(openMetrics ? MetricsFormat.OpenMetrics : MetricsFormat.Text, MetricsFormat.Negotiate(accept is null ? null : [accept]));

    [Fact]
    public void Negotiate_AnyHeader_NeverThrows()
        => Gen.String[Gen.Char["aplictonx/*;=q.01,\" versm-"], 0, 60].Sample(static accept => Assert.NotNull(MetricsFormat.Negotiate([accept])));
}
