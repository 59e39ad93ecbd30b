using FdExporter.Configuration;

namespace FdExporter.Tests.Configuration;

public class ConfigurationTests
{
    [Theory]
    [InlineData(":10070", null, 10070)]
    [InlineData("127.0.0.1:80", "127.0.0.1", 80)]
    [InlineData("[::1]:0", "::1", 0)]
    [InlineData("[127.0.0.1]:80", "127.0.0.1", 80)]
    [InlineData("0.0.0.0:65535", "0.0.0.0", 65535)]
    public void ListenAddress_GoSpelling_IsUnderstood(string text, string? host, int port)
    {
        Assert.True(ListenAddress.TryParse(text, out ListenAddress? address));
        Assert.Equal((host, port), (address!.Host?.ToString(), address.Port));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10070")]
    [InlineData(":65536")]
    [InlineData(":-1")]
    [InlineData("::1:80")]
    [InlineData("[::1:80")]
    [InlineData("[localhost]:80")]
    [InlineData("example.org:80")]
    [InlineData("127.0.0.1:80x")]
    public void ListenAddress_AnythingElse_IsRefused(string text) => Assert.False(ListenAddress.TryParse(text, out _));

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("0.5s", 0.5)]
    [InlineData("2m", 120)]
    [InlineData("1h", 3600)]
    [InlineData("0s", 0)]
    public void Duration_GoSpelling_IsUnderstood(string text, double seconds)
    {
        Assert.True(Duration.TryParse(text, out TimeSpan duration));
        Assert.Equal(seconds, duration.TotalSeconds, 6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1e9h")]
    [InlineData("five seconds")]
    public void Duration_AnythingElse_IsRefused(string text) => Assert.False(Duration.TryParse(text, out _));
}
