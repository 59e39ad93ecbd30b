using System.Text;
using FdExporter.Linux.Procfs;

namespace FdExporter.Tests.Linux.Procfs;

public class LocalPortRangeTests
{
    [Theory]
    [InlineData("32768\t60999\n", "\n", 28_232)]
    [InlineData("32768\t60999\n", "", 28_232)]
    [InlineData("32768\t60999\n", "8080,40000,41000-41009\n", 28_221)]
    [InlineData("32768\t60999\n", "30000-40000,60990-65000\n", 28_232 - 7_233 - 10)]
    [InlineData("1\t65535\n", "1-65535\n", 0)]
    [InlineData("40000\t40000\n", "", 1)]
    public void Count_IsTheRangeWithoutReservedPorts(string range, string reserved, int count)
    {
        Assert.True(LocalPortRange.TryParse(Encoding.UTF8.GetBytes(range), Encoding.UTF8.GetBytes(reserved), out LocalPortRange value));
        Assert.Equal(count, value.Count);
    }

    [Theory]
    [InlineData("32768\n", "")]
    [InlineData("32768\t609", "")]
    [InlineData("60999\t32768\n", "")]
    [InlineData("32768\t70000\n", "")]
    [InlineData("32768\t60999\n", "a\n")]
    [InlineData("32768\t60999\n", "1-\n")]
    [InlineData("32768\t60999\n", "70000\n")]
    public void OtherText_IsRefused(string range, string reserved)
        => Assert.False(LocalPortRange.TryParse(Encoding.UTF8.GetBytes(range), Encoding.UTF8.GetBytes(reserved), out _));

    [Fact]
    public void Range_OfThisMachine_IsRead()
    {
        using ProcFs procFs = ProcFs.OpenHost("/proc", null);
        Assert.Equal(ReadStatus.Ok, LocalPortRange.TryRead(procFs, out LocalPortRange value));
        string[] ends = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((ends[0], ends[1]), ($"{value.First}", $"{value.Last}"));
    }
}
