using FdExporter.Linux.Procfs;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Procfs;

public class FileNrTests
{
    [Theory]
    [InlineData("304\t0\t2466193\n", 304, 2466193)]
    [InlineData("5000000000\t0\t9223372036854775807\n", 5000000000, 9223372036854775807)]
    [InlineData("16240 0 65536 and whatever comes later\n", 16240, 65536)]
    public void Parse_CapturedText_GivesAllocatedAndMax(string text, ulong allocated, ulong max)
    {
        Assert.True(FileNr.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out FileNr value));
        Assert.Equal(new FileNr(allocated, max), value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("304")]
    [InlineData("304 0")]
    [InlineData("-1 0 5")]
    [InlineData("304 0 99999999999999999999999")]
    [InlineData("a b c")]
    public void Parse_AnythingElse_Fails(string text)
        => Assert.False(FileNr.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void Parse_AnyBytes_NeverThrows() => Hostile.NeverThrows("304\t0\t2466193\n", static text => FileNr.TryParse(text, out _));

    [Fact]
    public void Parse_CutBeforeTheThirdNumber_Fails()
        => Hostile.TruncatedAtEveryByte("304\t0\t2466193\n", static text => FileNr.TryParse(text, out _), static cut => cut.Length > 6);

    [Fact]
    public void Read_OwnProc_HoldsAtLeastOurHandles()
    {
        using ProcFs procFs = ProcFs.Open("/proc");
        Assert.Equal(ReadStatus.Ok, FileNr.TryRead(procFs, out FileNr value));
        Assert.True(value.Allocated > 0);
        Assert.True(value.Max >= value.Allocated);
    }
}
