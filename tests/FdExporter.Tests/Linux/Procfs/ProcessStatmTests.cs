using FdExporter.Linux.Procfs;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Procfs;

public class ProcessStatmTests
{
    private const string Line = "68312 7904 5120 3768 0 14711 0\n";

    [Fact]
    public void Parse_Line_TakesTheResidentPages()
    {
        Assert.True(ProcessStatm.TryParse("68312 7904 5120 3768 0 14711 0\n"u8, out ProcessStatm memory));
        Assert.Equal(7904ul, memory.Resident);
    }

    [Fact]
    public void Parse_CutOff_IsRefused()
        => Hostile.TruncatedAtEveryByte(
            Line,
            static text => ProcessStatm.TryParse(text, out _),
            static cut => cut.StartsWith("68312 7904 ", StringComparison.Ordinal));

    [Fact]
    public void Parse_AnyBytes_NeverThrows() => Hostile.NeverThrows(Line, static text => ProcessStatm.TryParse(text, out _));
}
