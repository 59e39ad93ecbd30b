using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;

namespace FdExporter.Configuration;

/// <summary><c>tls_server_config</c>: parsed and consistent; its files are not read yet.</summary>
internal sealed record TlsServerConfig
{
    internal required PemSource Certificate { get; init; }

    internal required PemSource Key { get; init; }

    /// <summary>Authorities of client certificates; null exactly if certificates are not verified.</summary>
    internal required PemSource? ClientCa { get; init; }

    internal required ClientAuthType ClientAuth { get; init; }

    /// <summary>The client certificate needs one of these alternative names; empty for any.</summary>
    internal required ImmutableArray<string> ClientAllowedSans { get; init; }

    internal required SslProtocols Protocols { get; init; }

    /// <summary>Empty for OpenSSL's default. TLS 1.3 suites are not configurable and not included.</summary>
    internal required ImmutableArray<TlsCipherSuite> CipherSuites { get; init; }
}
