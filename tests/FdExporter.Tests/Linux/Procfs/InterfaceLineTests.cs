using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Procfs;

public class InterfaceLineTests
{
    [Theory]
    [InlineData("4\teth0      :     1      V3", 4u, "eth0")]
    [InlineData("12\tenx001122334455:     1      V3", 12u, "enx001122334455")] // no room for a blank
    [InlineData("\t\t\t\t010000E0     1 0:00000000\t\t0", 0u, "")]
    [InlineData("0\tlo        :     1      V3", 0u, "")]
    [InlineData("4\t:     1      V3", 0u, "")]
    public void ParseIgmp_GivesIndexAndName(string line, uint index, string name)
    {
        Assert.Equal(index > 0, InterfaceLine.TryParseIgmp(Encoding.ASCII.GetBytes(line), out uint parsed, out ReadOnlySpan<byte> text));
        if (index > 0)
        {
            Assert.Equal((index, name), (parsed, Encoding.ASCII.GetString(text)));
        }
    }

    [Theory]
    [InlineData("fe8000000000000000fc00fffe000001 1f 40 20 80     eth0", 31u, "eth0")] // hexadecimal
    [InlineData("fe8000000000000000fc00fffe00001 04 40 20 80     eth0", 0u, "")]
    [InlineData("fe8000000000000000fc00fffe000001 04 40 20 80", 0u, "")]
    public void ParseIfInet6_GivesIndexAndName(string line, uint index, string name)
    {
        Assert.Equal(index > 0, InterfaceLine.TryParseIfInet6(Encoding.ASCII.GetBytes(line), out uint parsed, out ReadOnlySpan<byte> text));
        if (index > 0)
        {
            Assert.Equal((index, name), (parsed, Encoding.ASCII.GetString(text)));
        }
    }

    [Fact]
    public void Parse_AnyBytes_NeverThrows()
    {
        Hostile.NeverThrows("4\teth0      :     1      V3", static text => InterfaceLine.TryParseIgmp(text, out _, out _));
        Hostile.NeverThrows("fe8000000000000000fc00fffe000001 04 40 20 80     eth0", static text => InterfaceLine.TryParseIfInet6(text, out _, out _));
        Hostile.NeverThrows("350735.47 234388.90\n", static text => Uptime.TryParse(text, out _));
    }

    [Theory]
    [InlineData("350735.47 234388.90\n", 350735470)]
    [InlineData("0.00 0.00\n", 0)]
    [InlineData("350735.47", null)] // may be truncated
    [InlineData("-1.00 0.00\n", null)]
    [InlineData("x 0.00\n", null)]
    public void Uptime_IsTheFirstField(string text, object? milliseconds)
    {
        Assert.Equal(milliseconds is not null, Uptime.TryParse(Encoding.ASCII.GetBytes(text), out TimeSpan value));
        Assert.Equal((int?)milliseconds ?? 0, value.TotalMilliseconds);
    }
}
