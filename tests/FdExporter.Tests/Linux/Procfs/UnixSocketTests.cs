using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Procfs;

/// <summary>Lines captured from Linux 6.18.</summary>
public class UnixSocketTests
{
    private const string Listening = "00000000bbc8fdb8: 00000002 00000000 00010000 0001 01 5725567 /run/app/l.sock";
    private const string Nameless = "0000000002241689: 00000003 00000000 00000000 0001 03 5725569";
    private const string Abstract = "000000004a942e10: 00000002 00000000 00010000 0001 01 5725568 @name@x";

    [Theory]
    [InlineData(Listening, 5725567, true, "/run/app/l.sock")]
    [InlineData(Nameless, 5725569, false, "")]
    [InlineData(Abstract, 5725568, true, "@name@x")]
    [InlineData("00000000fca0332a: 00000002 00000000 00010000 0005 01 5725571 @sp", 5725571, true, "@sp")]
    [InlineData("0000000094ac3be9: 00000002 00000000 00000000 0002 01 5725570 @dg", 5725570, false, "@dg")]
    [InlineData("000000001c5cc751: 00000002 00000000 00010000 0001 01  1675 /run/dbus/system_bus_socket", 1675, true, "/run/dbus/system_bus_socket")]
    [InlineData("00000000b3c13ef4: 00000002 00000000 00000000 0001 01 5725564 /srv/a b", 5725564, false, "/srv/a b")]
    [InlineData("00000000b3c13ef4: 00000002 00000000 00000000 0001 01 5725564  /x ", 5725564, false, " /x ")]
    public void Parse_Line_GivesInodePathAndWhetherItListens(string line, ulong inode, bool isListening, string path)
    {
        Assert.True(UnixSocket.TryParse(Encoding.ASCII.GetBytes(line), out UnixSocket socket));
        Assert.Equal((inode, isListening, path), (socket.Inode, socket.IsListening, Encoding.ASCII.GetString(socket.Path)));
    }

    [Fact]
    public void Parse_PathThatIsNoText_KeepsItsBytes()
    {
        byte[] line = Encoding.Latin1.GetBytes("00000000959797f8: 00000002 00000000 00000000 0001 01 5725565 /srv/caf\u00e9\u00ff");
        Assert.True(UnixSocket.TryParse(line, out UnixSocket socket));
        Assert.Equal([(byte)'/', (byte)'s', (byte)'r', (byte)'v', (byte)'/', (byte)'c', (byte)'a', (byte)'f', 0xe9, 0xff], socket.Path.ToArray());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("00000000bbc8fdb8  00000002 00000000 00010000 0001 01 5725567 /x")]
    [InlineData("00000000bbc8fdb8: 00000002 00000000 0001000 0001 01 5725567 /x")]
    [InlineData("00000000bbc8fdb8: 00000002 00000000 00010000 0001 01 -1 /x")]
    [InlineData("00000000bbc8fdb8: 00000002 00000000 00010000 0001 01 18446744073709551616 /x")]
    public void Parse_WhatIsNoLineOfTheTable_Fails(string line) => Assert.False(UnixSocket.TryParse(Encoding.ASCII.GetBytes(line), out _));

    [Theory]
    [InlineData(Listening)]
    [InlineData(Nameless)]
    [InlineData(Abstract)]
    public void Parse_CutBeforeTheInode_Fails(string line)
        => Hostile.TruncatedAtEveryByte(line, static text => UnixSocket.TryParse(text, out _), static cut => cut.Contains(" 01 5", StringComparison.Ordinal) || cut.Contains(" 03 5", StringComparison.Ordinal));

    [Fact]
    public void Parse_AnyBytes_NeverThrows() => Hostile.NeverThrows(Listening, static text => UnixSocket.TryParse(text, out _));
}
