using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;

namespace FdExporter.Configuration;

/// <summary>Go's names of protocols and cipher suites, and those that are supported.</summary>
internal static class TlsNames
{
    /// <summary>HTTP/2 requires one of these. Source: RFC 7540, section 9.2.2.</summary>
    internal static readonly ImmutableArray<TlsCipherSuite> OfHttp2 =
        [TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256];

    internal static readonly ImmutableArray<TlsCipherSuite> OfTls13 =
        [TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256];

    /// <summary>Go's secure suites; Go and .NET both use the IANA names. Source: crypto/tls, CipherSuites.</summary>
    internal static readonly ImmutableArray<TlsCipherSuite> CipherSuites =
    [
        .. OfTls13,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    /// <summary>From the oldest to the newest.</summary>
    internal static readonly ImmutableArray<(string Name, SslProtocols Protocol)> Versions =
        [("TLS12", SslProtocols.Tls12), ("TLS13", SslProtocols.Tls13)];

    /// <summary>Known to Go but not supported: OpenSSL 3 refuses them by default.</summary>
    internal static readonly ImmutableArray<string> OldVersions = ["TLS10", "TLS11"];
}
