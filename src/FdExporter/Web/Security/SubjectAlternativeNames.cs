using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Net;

namespace FdExporter.Web.Security;

/// <summary>
/// The extension subjectAltName: DNS names, e-mail addresses, URIs and IP addresses, in Go's format; other kinds are skipped. Source: RFC
/// 5280, section 4.2.1.6. .NET reads only DNS names and IP addresses.
/// </summary>
internal static class SubjectAlternativeNames
{
    internal const string Oid = "2.5.29.17";
    private const int Email = 1;
    private const int Dns = 2;
    private const int Uri = 6;
    private const int Ip = 7;

    internal static bool TryParse(ReadOnlyMemory<byte> extension, out ImmutableArray<string> names)
    {
        names = [];
        ImmutableArray<string>.Builder found = ImmutableArray.CreateBuilder<string>();
        try
        {
            AsnReader outer = new(extension, AsnEncodingRules.DER);
            AsnReader all = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            while (all.HasData)
            {
                Asn1Tag tag = all.PeekTag();
                switch (tag.TagClass == TagClass.ContextSpecific ? tag.TagValue : -1)
                {
                    case Email or Dns or Uri:
                        found.Add(all.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                        break;
                    case Ip when all.ReadOctetString(tag) is { Length: 4 or 16 } bytes:
                        IPAddress address = new(bytes);
                        found.Add((address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
                        break;
                    case Ip:
                        return false;
                    default:
                        all.ReadEncodedValue();
                        break;
                }
            }
        }
        catch (AsnContentException)
        {
            return false;
        }

        names = found.ToImmutable();
        return true;
    }
}
