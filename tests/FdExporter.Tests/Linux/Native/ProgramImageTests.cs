using FdExporter.Linux.Native;

namespace FdExporter.Tests.Linux.Native;

public class ProgramImageTests
{
    [Theory]
    [InlineData("1000-3000 r-xp 00680000 fe:00 394759                     /usr/bin/fd-exporter", 0x2000)]
    [InlineData("55d0c8380000-55d0c8a00000 r--p 00000000 fe:00 394759 /usr/bin/fd-exporter", 0x680000)]
    [InlineData("1000-3000 r--p 00680000 fe:00 394759 /usr/bin/fd-exporter", 0)]
    [InlineData("1000-3000 rw-p 00000000 fe:00 394759 /usr/bin/fd-exporter", 0)]
    [InlineData("1000-3000 r-xp 00000000 fe:00 394759 /usr/bin/fd-exporter (deleted)", 0)]
    [InlineData("1000-3000 r-xp 00000000 fe:00 394759 /usr/lib/libc.so.6", 0)]
    [InlineData("1000-3000 rw-p 00000000 00:00 0", 0)]
    [InlineData("3000-1000 r-xp 00000000 fe:00 394759 /usr/bin/fd-exporter", 0)]
    [InlineData("x-y r-xp 00000000 fe:00 394759 /usr/bin/fd-exporter", 0)]
    [InlineData("", 0)]
    public void Line_IsForgotten_OnlyWhereTheFileHasItStill(string line, long length)
    {
        Assert.Equal(length > 0, ProgramImage.TryParse(line, "/usr/bin/fd-exporter", out _, out nuint found));
        Assert.Equal((nuint)length, found);
    }
}
