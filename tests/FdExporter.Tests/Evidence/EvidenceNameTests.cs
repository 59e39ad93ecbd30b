using CsCheck;
using FdExporter.Evidence;

namespace FdExporter.Tests.Evidence;

public class EvidenceNameTests
{
    private static readonly DateTimeOffset s_at = new(2026, 11, 25, 8, 32, 0, TimeSpan.FromHours(1));

    [Theory]
    [InlineData("appserver", "appserver")]
    [InlineData("../../etc/passwd", ".._.._etc_passwd")]
    [InlineData("tenant blue\n\u0000\u202e", "tenant_blue___")]
    [InlineData("[kernel] (process)", "_kernel___process_")]
    [InlineData("", "_")]
    public void Of_Group_IsMadeSafe(string group, string safe)
        => Assert.Equal($"fd-evidence-20261125T073200Z-{safe}-11342-close_wait_not_closed.json", EvidenceName.Of(s_at, group, 11342, "close_wait_not_closed"));

    [Fact]
    public void Of_AnyGroup_IsOneShortNameOfOurs()
        => Gen.String[Gen.Char, 0, 300].Sample(static group =>
        {
            string name = EvidenceName.Of(s_at, group, int.MaxValue, "system_handles_max_predicted");
            Assert.True(EvidenceName.IsOurs(name), name);
            Assert.True(EvidenceName.IsLeftover(EvidenceName.TemporaryOf(name)), name);
            Assert.Equal(Path.GetFileName(name), name);
            Assert.True(name.Length < 200, name);
        });

    [Theory]
    [InlineData("fd-evidence-20261125T073200Z-a-1-process_at_limit.json", true)]
    [InlineData("fd-evidence-20261125T073200Z-a-1-process_at_limit.json.bak", false)]
    [InlineData("fd-evidence-20261125T073200Z-a-1-process_at_limit.json\n", false)]
    [InlineData("xfd-evidence-20261125T073200Z-a-1-process_at_limit.json", false)]
    [InlineData("fd-evidence-20261125T073200Z-a b-1-process_at_limit.json", false)]
    [InlineData("fd-evidence-20261125-a-1-process_at_limit.json", false)]
    [InlineData("fd-evidence-notes.json", false)]
    [InlineData(".fd-evidence-20261125T073200Z-a-1-process_at_limit.json.tmp", false)]
    public void IsOurs_OnlyWhatWeWouldCallAFile(string name, bool isOurs)
    {
        Assert.Equal(isOurs, EvidenceName.IsOurs(name));
        Assert.Equal(isOurs, EvidenceName.IsLeftover(EvidenceName.TemporaryOf(name)));
        Assert.False(EvidenceName.IsLeftover(name[1..]));
    }
}
