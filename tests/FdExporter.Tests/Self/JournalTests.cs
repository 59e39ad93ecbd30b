using FdExporter.Self;

namespace FdExporter.Tests.Self;

public class JournalTests
{
    [Theory]
    [InlineData("8:26427", "socket:[26427]", true)]
    [InlineData("8:26427", "socket:[2642]", false)]
    [InlineData("8:26427", "pipe:[26427]", false)]
    [InlineData("8:26427", "/var/log/x", false)]
    [InlineData("8:26427", null, false)]
    [InlineData("26427", "socket:[26427]", false)]
    [InlineData("8:", "socket:[]", false)]
    [InlineData(null, "socket:[26427]", false)]
    public void Stream_IsTheOneThatTheManagerNames(string? stream, string? target, bool isJournal)
        => Assert.Equal(isJournal, Journal.IsSocket(stream, target));
}
