using FdExporter.Linux.Procfs;

namespace FdExporter.Tests.Linux.Procfs;

public class ReadStatusNamesTests
{
    [Theory]
    [InlineData("Gone", "No such file or directory")]
    [InlineData("Denied", "Permission denied")]
    [InlineData("Malformed", "unexpected format")]
    public void Name_IsTheSystemsOwn(string status, string words) => Assert.Equal(words, ReadStatusNames.Of(Enum.Parse<ReadStatus>(status)));
}
