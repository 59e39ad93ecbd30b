namespace FdExporter.Metrics;

/// <summary>Why a client did not get through the TLS handshake.</summary>
internal enum TlsFailure
{
    /// <summary>No TLS came: a probe of the port, a scanner.</summary>
    NoHello,
    PlainHttp,

    /// <summary>Every version that the client offers is too old.</summary>
    Protocol,
    NoCertificate,

    /// <summary>Expired, not for clients, or by another authority.</summary>
    UntrustedCertificate,

    /// <summary>A good one, of somebody who is not in client_allowed_sans.</summary>
    CertificateNotAllowed,

    /// <summary>No cipher suite in common, or the client did not want us.</summary>
    Handshake,
}
