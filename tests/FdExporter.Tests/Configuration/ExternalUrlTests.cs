using FdExporter.Configuration;

namespace FdExporter.Tests.Configuration;

public class ExternalUrlTests
{
    [Theory]
    [InlineData("https://web-1.example.com:10070", "https://web-1.example.com:10070")]
    [InlineData("http://web-1/", "http://web-1")]
    [InlineData("https://proxy/machines/web-1/", "https://proxy/machines/web-1")]
    [InlineData("http://[::1]:10070", "http://[::1]:10070")]
    public void Url_IsTakenWithoutASlashAtItsEnd(string text, string url)
        => Assert.Equal((true, url), (ExternalUrl.TryNormalize(text, out string parsed), parsed));

    [Theory]
    [InlineData("web-1:10070")]
    [InlineData("/fd")]
    [InlineData("ftp://web-1")]
    [InlineData("javascript:alert(1)")]
    [InlineData("http://user:secret@web-1/")]
    [InlineData("http://web-1/?a=b")]
    [InlineData("http://web-1/?")]
    [InlineData("http://web-1/#a")]
    [InlineData("http://web-1/a b")]
    [InlineData("http://web-1/\"")]
    [InlineData("http://")]
    public void InvalidUrl_IsRefused(string text) => Assert.False(ExternalUrl.TryNormalize(text, out _));

    [Theory]
    [InlineData(":10070", "http://machine:10070")]
    [InlineData("0.0.0.0:10070", "http://machine:10070")]
    [InlineData("[::]:10070", "http://machine:10070")]
    [InlineData("192.0.2.7:10070", "http://192.0.2.7:10070")]
    [InlineData("[2001:db8::1]:10070", "http://[2001:db8::1]:10070")]
    [InlineData("localhost:10070", "http://localhost:10070")]
    public void Listener_IsReachedWhereItListens(string address, string url)
    {
        Assert.True(ListenAddress.TryParse(address, out ListenAddress? parsed));
        Assert.Equal(url, ExternalUrl.OfListener(parsed!, "http", 10070, "machine"));
    }
}
