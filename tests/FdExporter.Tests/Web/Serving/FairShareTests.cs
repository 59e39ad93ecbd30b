using System.Net;
using FdExporter.Web.Serving;

namespace FdExporter.Tests.Web.Serving;

public class FairShareTests
{
    [Theory]
    [InlineData(80, 1, 40)]
    [InlineData(80, 3, 20)]
    [InlineData(2, 1, 1)]
    [InlineData(16, 1, 8)]
    public void Addresses_HaveAsManyAsTheyLeaveFree(int places, int addresses, int each)
    {
        FairShare share = new(places);
        int[] taken = new int[addresses];
        for (int round = 0; round < places; round++)
        {
            for (int i = 0; i < addresses; i++)
            {
                taken[i] += share.TryTake(Of(i)) ? 1 : 0;
            }
        }

        Assert.All(taken, one => Assert.Equal(each, one));

        // There is room for an address that has none yet.
        Assert.True(share.TryTake(Of(addresses)));
        share.Return(Of(addresses));
        Assert.All(Enumerable.Range(0, addresses), i => Assert.False(share.TryTake(Of(i))));
        for (int i = 0; i < addresses; i++)
        {
            share.Return(Of(i), taken[i]);
        }

        Assert.True(share.TryTake(Of(0) with { IsTrusted = true }, places));
    }

    [Fact]
    public void TrustedClients_MayHaveAll_AndNeverMore()
    {
        FairShare share = new(10);
        Client trusted = Of(1) with { IsTrusted = true };
        Assert.Equal(10, Enumerable.Range(0, 20).Count(_ => share.TryTake(trusted)));
        Assert.False(share.TryTake(Of(2)));
        share.Return(trusted, 10);
        Assert.True(share.TryTake(Of(1)));
    }

    [Theory]
    [InlineData("127.0.0.1", "127.200.3.4", true)]
    [InlineData("127.0.0.1", "::1", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void Network_IsWhatOneClientHas(string one, string other, bool isSame)
        => Assert.Equal(isSame, Client.NetworkOf(IPAddress.Parse(one))!.Equals(Client.NetworkOf(IPAddress.Parse(other))));

    private static Client Of(int number) => new(new IPAddress([192, 0, 2, (byte)number]), false);
}
