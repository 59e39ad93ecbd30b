using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Procfs;

public class ProcessLimitsTests
{
    private const string Sample =
        "Limit                     Soft Limit           Hard Limit           Units     \n"
        + "Max processes             95880                95880                processes \n"
        + "Max open files            1024                 524288               files     \n"
        + "Max locked memory         8388608              8388608              bytes     \n";

    [Fact]
    public void Parse_CapturedText_GivesSoftAndHard()
    {
        Assert.True(ProcessLimits.TryParse(Encoding.ASCII.GetBytes(Sample), out ProcessLimits limits));
        Assert.Equal(new ProcessLimits(1024, 524288), limits);
    }

    [Fact]
    public void Parse_Unlimited_IsNullAndNoNumber()
    {
        string text = "Max open files            unlimited            unlimited            files     \n";
        Assert.True(ProcessLimits.TryParse(Encoding.ASCII.GetBytes(text), out ProcessLimits limits));
        Assert.Equal(new ProcessLimits(null, null), limits);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Max open files            1024\n")]
    [InlineData("Max open files            1024     -1      files\n")]
    [InlineData("Max open files            many     more    files\n")]
    [InlineData("Max open filesystems      1024     4096    files\n")]
    public void Parse_AnythingElse_Fails(string text)
        => Assert.False(ProcessLimits.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void Parse_CutAnywhereBeforeTheUnit_Fails()
        => Hostile.TruncatedAtEveryByte(
            Sample,
            static text => ProcessLimits.TryParse(text, out _),
            static cut => cut.Contains("files  ", StringComparison.Ordinal) || cut.EndsWith("524288               files", StringComparison.Ordinal) || cut.Contains("               files ", StringComparison.Ordinal));

    [Fact]
    public void Parse_AnyBytes_NeverThrows() => Hostile.NeverThrows(Sample, static text => ProcessLimits.TryParse(text, out _));
}
