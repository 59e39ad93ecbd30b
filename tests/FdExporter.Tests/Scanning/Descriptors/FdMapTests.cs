using FdExporter.Model;
using FdExporter.Scanning.Descriptors;

namespace FdExporter.Tests.Scanning.Descriptors;

public class FdMapTests
{
    [Fact]
    public void NumbersThatAreTakenExchangedAndFreed_AreCountedByType()
    {
        FdMap map = new();
        for (int number = 0; number < 1000; number++)
        {
            Assert.True(map.TrySet(number, number % 2 == 0 ? FdType.Socket : FdType.Pipe, (uint)(number % 2 == 0 ? 5000 + number : 0)));
        }

        Assert.Equal((1000, 1000, 500, 500), (map.Count, map.End, map.Types[FdType.Socket], map.Types[FdType.Pipe]));
        Assert.True(map.TrySet(4, FdType.File, 0));
        map.Free(6);
        map.Free(6);
        map.Free(70_000);
        Assert.Equal((999, 498, 500, 1), (map.Count, map.Types[FdType.Socket], map.Types[FdType.Pipe], map.Types[FdType.File]));
        Assert.Equal((true, false, true, 5008u, 0u), (map.IsFree(6), map.IsFree(8), map.IsSocket(8), map.InodeAt(8), map.InodeAt(4)));
        Assert.Equal((true, false), (map.Has(5008), map.Has(5006)));
        map.Settle(8, isSettled: true);
        Assert.Equal((true, true, true), (map.IsSettled(8), map.IsSocket(8), map.IsOfType(8, FdType.Socket)));
        Assert.True(map.TrySet(8, FdType.Socket, 9000));
        Assert.False(map.IsSettled(8));
        map.Clear();
        Assert.Equal((0, 0, 0, true, false), (map.Count, map.End, map.Types[FdType.Socket], map.IsFree(8), map.Has(9000)));
    }

    [Theory]
    [InlineData(100, 1424, true)]
    [InlineData(100, 1425, false)]
    [InlineData(100, int.MaxValue - 1, false)]
    [InlineData(0, 1_000_000_000, false)]
    public void NumberFarAboveWhatTheTableHolds_IsNotKept(int held, int number, bool isKept)
    {
        FdMap map = new();
        for (int i = 0; i < held; i++)
        {
            Assert.True(map.TrySet(i, FdType.File, 0));
        }

        Assert.Equal(isKept, map.TrySet(number, FdType.Socket, 7));
        Assert.Equal((held + (isKept ? 1 : 0), !isKept), (map.Count, map.IsFree(number)));
        Assert.InRange(map.Capacity, held, 2000);
        map.Trim();
        Assert.InRange(map.Capacity, map.End, 2000);
    }
}
