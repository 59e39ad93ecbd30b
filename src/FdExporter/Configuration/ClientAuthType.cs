namespace FdExporter.Configuration;

/// <summary>What is asked of a client's certificate, by Go's names. Source: crypto/tls, ClientAuthType.</summary>
internal enum ClientAuthType
{
    NoClientCert,
    RequestClientCert,
    RequireAnyClientCert,
    VerifyClientCertIfGiven,
    RequireAndVerifyClientCert,
}
