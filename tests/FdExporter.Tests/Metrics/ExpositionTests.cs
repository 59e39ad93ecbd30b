using System.Text;
using FdExporter.Metrics;
using Prometheus;

namespace FdExporter.Tests.Metrics;

public class ExpositionTests
{
    [Theory]
    [InlineData(ExpositionFormat.PrometheusText, "")]
    [InlineData(ExpositionFormat.OpenMetricsText, "# EOF\n")]
    public async Task Write_SeveralRegistries_IsOneTextInTheOrderOfNames(ExpositionFormat format, string end)
    {
        CollectorRegistry first = Prometheus.Metrics.NewCustomRegistry();
        CollectorRegistry second = Prometheus.Metrics.NewCustomRegistry();
        Prometheus.Metrics.WithCustomRegistry(first).CreateGauge("b", "Second.").Set(1);
        Prometheus.Metrics.WithCustomRegistry(first).CreateGauge("c", "Third.", "l").WithLabels("x\n# HELP a Forged.\ny").Set(double.PositiveInfinity);
        Prometheus.Metrics.WithCustomRegistry(second).CreateGauge("a", "First.").Set(2);
        string text = Encoding.UTF8.GetString(await Exposition.WriteAsync(format, first, second));
        string two = format == ExpositionFormat.OpenMetricsText ? "2.0" : "2";
        string one = format == ExpositionFormat.OpenMetricsText ? "1.0" : "1";
        Assert.Equal(
            $"""
            # HELP a First.
            # TYPE a gauge
            a {two}
            # HELP b Second.
            # TYPE b gauge
            b {one}
            # HELP c Third.
            # TYPE c gauge
            c{"{"}l="x\n# HELP a Forged.\ny"{"}"} +Inf
            {end}
            """.TrimEnd() + "\n",
            text);
    }

    [Fact]
    public async Task Write_NoFamilies_IsEmpty()
        => Assert.Empty(await Exposition.WriteAsync(ExpositionFormat.PrometheusText, Prometheus.Metrics.NewCustomRegistry()));
}
