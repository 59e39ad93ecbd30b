using FdExporter.Diagnosis.Wording;

namespace FdExporter.Tests.Diagnosis.Wording;

public class ChangeTextTests
{
    private const string To = "connections to 10.0.0.7:5432";

    [Theory]
    [InlineData(312, 312, 0, 312, "312 new, all connections to 10.0.0.7:5432, none closed: this is a leak, unless the program is still starting.")]
    [InlineData(200, 312, 0, 312, "312 new, most of them connections to 10.0.0.7:5432 (200), none closed: this is a leak, unless the program is still starting.")]
    [InlineData(100, 312, 0, 312, "312 new, of several kinds, none closed: this is a leak, unless the program is still starting.")]
    [InlineData(300, 300, 298, 2, "300 new, all connections to 10.0.0.7:5432, 298 closed, about as many: a pool or load, no leak.")]
    [InlineData(300, 300, 100, 200, "300 new, all connections to 10.0.0.7:5432, 100 closed, more opened than closed: a leak, or load that rises.")]
    [InlineData(0, 0, 50, -50, "None new, 50 closed, more closed than opened: no leak.")]
    [InlineData(3, 3, 0, 3, "3 new, all connections to 10.0.0.7:5432, none closed: too few to tell.")]
    [InlineData(0, 0, 0, 0, "No descriptor came or went.")]
    public void Of_WholeLists_SaysWhatItMeans(long ofMain, long opened, long closed, long growth, string expected)
        => Assert.Equal(expected, ChangeText.Of((growth, ofMain, To), growth, opened, closed).Replace('\u00a0', ' '));

    [Theory]
    [InlineData(290, 292, "+292 descriptors, +290 connections to 10.0.0.7:5432. A list has not all descriptors, so what was closed is not known.")]
    [InlineData(0, -5, "-5 descriptors. A list has not all descriptors, so what was closed is not known.")]
    public void Of_PartsOfLists_SaysWhatIsKnown(long ofMain, long growth, string expected)
        => Assert.Equal(expected, ChangeText.Of((ofMain, null, To), growth, null, null));
}
