using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;

namespace FdExporter.Configuration;

/// <summary><c>tls_server_config</c>: read and found consistent; its files have not been looked at.</summary>
internal sealed record TlsServerConfig
{
    internal required PemSource Certificate { get; init; }

    internal required PemSource Key { get; init; }

    /// <summary>Whose certificates clients may show; null exactly when none is verified.</summary>
    internal required PemSource? ClientCa { get; init; }

    internal required ClientAuthType ClientAuth { get; init; }

    /// <summary>One of these has to be among the client certificate's alternative names; empty for any.</summary>
    internal required ImmutableArray<string> ClientAllowedSans { get; init; }

    internal required SslProtocols Protocols { get; init; }

    /// <summary>Empty for those that OpenSSL prefers. Those of TLS 1.3, which nobody chooses, are not in it.</summary>
    internal required ImmutableArray<TlsCipherSuite> CipherSuites { get; init; }
}
