using FdExporter.Self;

namespace FdExporter.Tests.Self;

public class PassedSocketsTests
{
    [Theory]
    [InlineData("42", "1", "3")]
    [InlineData("42", "3", "3 4 5")]
    [InlineData("42", "0", "")]
    [InlineData("42", "-1", "")]
    [InlineData("42", "many", "")]
    [InlineData("42", "2000000000", "")]
    [InlineData("42", null, "")]
    [InlineData("41", "1", "")]
    [InlineData("", "1", "")]
    [InlineData(null, "1", "")]
    public void Sockets_AreThoseThatWerePassedToThisProcess(string? pid, string? count, string expected)
        => Assert.Equal(expected, string.Join(' ', PassedSockets.Of(name => name == "LISTEN_PID" ? pid : count, 42)));
}
