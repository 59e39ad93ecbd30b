using CsCheck;
using FdExporter.Scanning.Descriptors;
using FdExporter.Scanning.Sockets;

namespace FdExporter.Tests.Scanning.Descriptors;

public class InodeOwnersTests
{
    [Fact]
    public void Table_AfterAnyAdditionsAndRebuild_AnswersLikeADictionary()
        => Gen.UInt[1, 3000].Array[0, 4000].Sample(
            inodes =>
            {
                InodeOwners table = new();
                Dictionary<uint, (int, uint)> expected = [];
                foreach (uint inode in inodes)
                {
                    if (table.Find(inode) is >= 0 and var entry)
                    {
                        table.SetAt(entry, (int)inode + 1, inode + 7);
                        expected[inode] = ((int)inode + 1, inode + 7);
                    }
                    else
                    {
                        table.Add(inode, (int)inode, inode);
                        expected.Add(inode, ((int)inode, inode));
                    }
                }

                Check(table, expected);
                TcpSocketTable.Row[] living = [.. inodes.Where(static inode => inode % 3 == 0).Select(static inode => new TcpSocketTable.Row { Inode = inode })];
                table.Rebuild(living);
                Check(table, expected.Where(static each => each.Key % 3 == 0).ToDictionary());
                Assert.All(expected.Keys.Where(static inode => inode % 3 != 0), inode => Assert.Equal(-1, table.Find(inode)));
            },
            iter: 50);

    private static void Check(InodeOwners table, Dictionary<uint, (int Slot, uint Stamp)> expected)
    {
        Assert.Equal(expected.Count, table.Count);
        foreach ((uint inode, (int slot, uint stamp)) in expected)
        {
            int entry = table.Find(inode);
            Assert.True(entry >= 0);
            Assert.Equal((slot, stamp), (table.SlotAt(entry), table.StampAt(entry)));
        }
    }
}
