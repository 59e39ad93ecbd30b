using FdExporter.Diagnosis.History;
using FdExporter.Documents;

namespace FdExporter.Tests.Documents;

public class RoundedTests
{
    [Theory]
    [InlineData(0.15151515151515152, 0.1515)]
    [InlineData(0.00035, 0.0004)]
    [InlineData(1.0, 1.0)]
    public void Ratio_HasFourDigits(double ratio, double rounded) => Assert.Equal(rounded, Rounded.Ratio(ratio));

    [Fact]
    public void Seconds_AreKnownToTheMillisecond()
    {
        Assert.Equal(21720.123, Rounded.Seconds(TimeSpan.FromTicks(217_201_234_567)));
        Assert.Equal(21720.123, Rounded.Seconds((TimeSpan?)TimeSpan.FromTicks(217_201_234_567)));
    }

    [Theory]
    [InlineData(1053123.4, 1050000)]
    [InlineData(98765.4321, 98800)]
    [InlineData(12.345, 12.3)]
    public void Forecast_HasThreeDigits(double seconds, double rounded) => Assert.Equal(rounded, Rounded.Forecast(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(190.04999, "190")]
    [InlineData(-12.36, "-12.4")]
    [InlineData(-0.04, "0")]
    public void Growth_HasATenth(double perHour, string rounded)
        => Assert.Equal(rounded, Rounded.PerHour(new Growth(perHour, TimeSpan.FromHours(1), default))!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void Unknown_StaysUnknown()
    {
        Assert.Null(Rounded.Ratio(null));
        Assert.Null(Rounded.Seconds(null));
        Assert.Null(Rounded.Forecast(null));
        Assert.Null(Rounded.PerHour(null));
    }
}
