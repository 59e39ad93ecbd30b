using System.Text;
using CsCheck;
using FdExporter.Model;

namespace FdExporter.Tests.Model;

public class PrintableTests
{
    [Theory]
    [InlineData("appserver", "appserver")]
    [InlineData("caf\u00e9 \u65e5\u672c \U0001f600", "caf\u00e9 \u65e5\u672c \U0001f600")]
    [InlineData("\u001b[2Jroot", @"\x1b[2Jroot")]
    [InlineData("a\nb\tc\0\u007f", @"a\x0ab\x09c\x00\x7f")]
    [InlineData("\u009b31m", @"\xc2\x9b31m")]
    [InlineData("a\u202Eb\u2066c\u200b\u2028", @"a\xe2\x80\xaeb\xe2\x81\xa6c\xe2\x80\x8b\xe2\x80\xa8")]
    [InlineData(@"CORP\xavier", @"CORP\xavier")]
    [InlineData(@"a\x1b", @"a\x5cx1b")]
    [InlineData(@"a\x5cx1b", @"a\x5cx5cx1b")]
    [InlineData(@"a\x1B\x2", @"a\x1B\x2")]
    public void NameOf_HostileName_IsEscapedAndDistinguishable(string name, string shown)
    {
        Assert.Equal(shown, Printable.NameOf(name));
        Assert.Equal(shown, Printable.NameOf(Encoding.UTF8.GetBytes(name)));
        Assert.Equal(shown, Printable.Of(shown));
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0x61 }, @"\xffa")]
    [InlineData(new byte[] { 0x61, 0xe3, 0x82 }, @"a\xe3\x82")]
    [InlineData(new byte[] { 0x9b, 0x33, 0x31, 0x6d }, @"\x9b31m")]
    [InlineData(new byte[] { 0xed, 0xa0, 0xbd }, @"\xed\xa0\xbd")]
    public void NameOf_BytesThatAreNoText_AreThemselves(byte[] name, string shown) => Assert.Equal(shown, Printable.NameOf(name));

    [Fact]
    public void NameOf_TwoNames_AreNeverOne()
    {
        byte[] bytes = [(byte)'\\', (byte)'x', (byte)'1', (byte)'b', (byte)'5', (byte)'c', 0x1b, 0xe2, 0x80, 0xae];
        Gen<byte[]> name = Gen.Int[0, bytes.Length - 1].Array[0, 8].Select(picks => picks.Select(pick => bytes[pick]).ToArray());
        Gen.Select(name, name).Sample(static (one, other) => Assert.Equal(one.AsSpan().SequenceEqual(other), Printable.NameOf(one) == Printable.NameOf(other)), iter: 20_000);
    }
}
