using FdExporter.Diagnosis.Wording;

namespace FdExporter.Tests.Diagnosis.Wording;

public class HumanTextTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1 023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData((10L << 30) - 1, "9.9 GiB")]
    [InlineData(10L << 30, "10 GiB")]
    [InlineData(1_300_000_000, "1.2 GiB")]
    public void Bytes_AreRoundedDown(long bytes, string text) => Assert.Equal(text, HumanText.Bytes(bytes).Replace('\u00a0', ' '));
}
