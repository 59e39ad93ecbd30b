namespace FdExporter.Metrics;

/// <summary>Why a TLS handshake failed.</summary>
internal enum TlsFailure
{
    /// <summary>The client sent no TLS: for example a port scan.</summary>
    NoHello,
    PlainHttp,

    /// <summary>All versions offered by the client are too old.</summary>
    Protocol,
    NoCertificate,

    /// <summary>The certificate is expired, not for clients, or not issued by client_ca.</summary>
    UntrustedCertificate,

    /// <summary>None of the certificate's alternative names is in client_allowed_sans.</summary>
    CertificateNotAllowed,

    /// <summary>No common cipher suite, or the client rejected the exporter's certificate.</summary>
    Handshake,
}
