using FdExporter.Evidence;
using Microsoft.Extensions.Time.Testing;

namespace FdExporter.Tests.Evidence;

public class EvidenceSharesTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("nginx", "www-data", "nginx.service", "", "", "program nginx, user www-data, unit nginx.service")]
    [InlineData("nginx", "root", "nginx.service", "", "", "program nginx, unit nginx.service")]
    [InlineData("nginx", "0", "", "3f1e5c3b9d8a", "", "program nginx, container 3f1e5c3b9d8a")]
    [InlineData("nginx", "", "init.scope", "3f1e5c3b9d8a", "c8bad552", "program nginx, pod c8bad552")]
    [InlineData("sh", "100037", "user@1000.service/payment.service", "", "", "program sh, user 100037, unit user@1000.service")]
    [InlineData("other", "root", "", "", "", "")]
    public void Claimants_AreProgramUserAndPlace_AndNeitherOtherNorRoot(string program, string user, string unit, string container, string pod, string claimants)
        => Assert.Equal(claimants, string.Join(", ", EvidenceShares.ClaimantsOf(program, user, unit, container, pod)));

    [Theory]
    [InlineData(1, 5)]
    [InlineData(20, 5)]
    [InlineData(100, 25)]
    public void Share_IsAQuarterOfTheFiles_FiveAtTheLeast_InAnyHour(int maxFiles, int share)
    {
        EvidenceShares shares = new(maxFiles, _time);
        for (int i = 0; i < share; i++)
        {
            Assert.True(shares.HasLeft(Of(i)));
            Assert.Equal(i == share - 1 ? ["user mallory"] : [], shares.Take(Of(i)));
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.False(shares.HasLeft(Of(share)));
        Assert.True(shares.HasLeft(["program decoy1", "user payment"]));
        _time.Advance(EvidenceShares.Period - TimeSpan.FromMinutes(share));
        Assert.True(shares.HasLeft(Of(share)));
        shares.Take(Of(share));
        Assert.False(shares.HasLeft(Of(share)));
    }

    private static string[] Of(int number) => [$"program decoy{number}", "user mallory"];
}
