namespace FdExporter.Configuration;

/// <summary>Requirements for a client's certificate, by Go's names. Source: crypto/tls, ClientAuthType.</summary>
internal enum ClientAuthType
{
    NoClientCert,
    RequestClientCert,
    RequireAnyClientCert,
    VerifyClientCertIfGiven,
    RequireAndVerifyClientCert,
}
