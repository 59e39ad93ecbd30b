using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Procfs;

/// <summary>Lines captured from Linux 6.18.</summary>
public class SocketInodeTests
{
    private const string Netlink = "00000000e53f6fc0 0   31624      00000000 0        0        0     2        0        5725573 ";
    private const string Packet = "0000000093781872 3      3    0003   0     1 0      0      5725575";

    [Theory]
    [InlineData(Netlink, 5725573)]
    [InlineData(Packet, 5725575)]
    [InlineData("0000000014a838d8 0   0          00000000 0        0        0     2        0        4       ", 4)]
    [InlineData("0000000093781872 3      3    0003   0     1 0      0      18446744073709551615", ulong.MaxValue)]
    public void Parse_Line_GivesTheLastColumn(string line, ulong inode)
    {
        Assert.True(SocketInode.TryParse(Encoding.ASCII.GetBytes(line), out ulong parsed));
        Assert.Equal(inode, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("    ")]
    [InlineData("5725573")]
    [InlineData(" 5725573")]
    [InlineData("a b")]
    [InlineData("a -5")]
    [InlineData("a +5")]
    [InlineData("a 18446744073709551616")]
    public void Parse_WhatEndsInNoNumber_Fails(string line) => Assert.False(SocketInode.TryParse(Encoding.ASCII.GetBytes(line), out _));

    [Fact]
    public void Parse_CutInTheFirstColumn_Fails()
        => Hostile.TruncatedAtEveryByte(Netlink, static text => SocketInode.TryParse(text, out _), static cut => cut.Length > "00000000e53f6fc0 ".Length);

    [Theory]
    [InlineData(Netlink)]
    [InlineData(Packet)]
    public void Parse_AnyBytes_NeverThrows(string line) => Hostile.NeverThrows(line, static text => SocketInode.TryParse(text, out _));
}
