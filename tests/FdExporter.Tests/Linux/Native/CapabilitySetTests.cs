using FdExporter.Linux.Native;
using FdExporter.Model;
using FdExporter.Self;

namespace FdExporter.Tests.Linux.Native;

public class CapabilitySetTests
{
    [Theory]
    [InlineData(0, "")]
    [InlineData(0x80004, "CAP_DAC_READ_SEARCH CAP_SYS_PTRACE")]
    [InlineData(1UL << 40, "CAP_CHECKPOINT_RESTORE")]
    [InlineData((1UL << 41) | 1, "CAP_CHOWN CAP_41")]
    public void Names_AreTheKernels_AndNumbersBeyondThem(ulong bits, string names)
        => Assert.Equal(names, new CapabilitySet(bits).ToString());

    [Fact]
    public void Names_AreThoseOfTheKernelsHeader()
    {
        // #define CAP_CHOWN            0
        Dictionary<int, string> header = File.ReadLines("/usr/include/linux/capability.h")
            .Select(static line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(static words => words is ["#define", ['C', 'A', 'P', '_', ..], _] && int.TryParse(words[2], out _))
            .ToDictionary(static words => int.Parse(words[2], System.Globalization.CultureInfo.InvariantCulture), static words => words[1]);
        Assert.True(header.Count >= 41);
        Assert.All(header, static each => Assert.Equal(each.Key <= 40 ? each.Value : $"CAP_{each.Key}", CapabilitySet.Of(each.Key).ToString()));
    }

    [Theory]
    [InlineData(0b110, 0b010, true)]
    [InlineData(0b110, 0b011, false)]
    [InlineData(0b110, 0, true)]
    public void Has_MeansAllOfThem(ulong bits, ulong other, bool has)
        => Assert.Equal(has, new CapabilitySet(bits).Has(new CapabilitySet(other)));

    [Theory]
    [InlineData((int)Collectors.All, false, "CAP_DAC_READ_SEARCH CAP_NET_ADMIN CAP_SYS_PTRACE CAP_SYS_ADMIN")]
    [InlineData((int)Collectors.Process, false, "CAP_DAC_READ_SEARCH CAP_SYS_PTRACE")]
    [InlineData((int)Collectors.Tcp, false, "CAP_NET_ADMIN CAP_SYS_PTRACE CAP_SYS_ADMIN")]
    [InlineData((int)Collectors.System, false, "")]
    [InlineData((int)Collectors.None, false, "")]
    [InlineData((int)Collectors.System, true, "CAP_NET_BIND_SERVICE")]
    public void NeedOf_Collectors_IsWhatServesThem(int collectors, bool bindsLowPort, string need)
        => Assert.Equal(need, PrivilegeDrop.NeedOf((Collectors)collectors, bindsLowPort).ToString());
}
