using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FdExporter.Configuration;

namespace FdExporter.Web.Security;

/// <summary>Certificate, key and authorities, read and validated, with the options of a handshake.</summary>
internal sealed class TlsMaterial
{
    private readonly TlsServerConfig _config;
    private readonly bool _http2;
    private readonly SslStreamCertificateContext _certificate;
    private readonly ClientCertificates? _clients;
    private readonly CipherSuitesPolicy? _ciphers;

    private TlsMaterial(TlsServerConfig config, bool http2, SslStreamCertificateContext certificate, ClientCertificates? clients)
    {
        _config = config;
        _http2 = http2;
        _certificate = certificate;
        _clients = clients;

        // As in Go, the list applies to TLS 1.2; the ciphers of 1.3 are always enabled.
        _ciphers = config.CipherSuites.IsEmpty ? null : new CipherSuitesPolicy(config.CipherSuites.Union(TlsNames.OfTls13));
    }

    /// <summary>End of the certificate's validity.</summary>
    internal DateTimeOffset NotAfter => new(_certificate.TargetCertificate.NotAfter.ToUniversalTime());

    /// <param name="file">Name of the configuration, for messages.</param>
    /// <exception cref="ConfigException">A file cannot be read or used; the message names it.</exception>
    internal static TlsMaterial Load(string file, TlsServerConfig config, bool http2, WatchedFiles files)
    {
        if (!OpenSsl.IsPresent)
        {
            throw new ConfigException(file, config.Certificate.Line, "tls_server_config", "TLS needs OpenSSL's libssl, which is not installed");
        }

        string certificates = TextOf(config.Certificate);
        string key = TextOf(config.Key);
        X509Certificate2Collection chain = CertificatesOf(config.Certificate, certificates);
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(certificates, key);
        }
        catch (CryptographicException exception)
        {
            throw Error(config.Key, $"not a valid key of the certificate: {exception.Message}");
        }
        catch (ArgumentException exception)
        {
            throw Error(config.Key, $"not a valid key of the certificate: {exception.Message}");
        }

        // Offline: do not download issuers from URLs in a certificate.
        chain.RemoveAt(0);
        SslStreamCertificateContext context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        X509Certificate2Collection? authorities = config.ClientCa is { } source ? CertificatesOf(source, TextOf(source)) : null;
        ClientCertificates? clients = config.ClientAuth == ClientAuthType.NoClientCert
            ? null
            : new ClientCertificates(config.ClientAuth, authorities ?? [], config.ClientAllowedSans);
        return new TlsMaterial(config, http2, context, clients);

        string TextOf(PemSource source)
            => source.File is { } path ? ConfigFile.Decode(path, files.Read(path)) : source.Inline;

        X509Certificate2Collection CertificatesOf(PemSource source, string pem)
        {
            X509Certificate2Collection found = [];
            try
            {
                found.ImportFromPem(pem);
            }
            catch (CryptographicException exception)
            {
                throw Error(source, $"not a valid certificate: {exception.Message}");
            }

            return found.Count > 0 ? found : throw Error(source, "no certificate found: PEM begins with -----BEGIN CERTIFICATE-----");
        }

        ConfigException Error(PemSource source, string reason)
            => source.File is { } path ? new ConfigException(path, reason) : new ConfigException(file, source.Line, source.Key, reason);
    }

    /// <param name="attempt">Receives the reason if a client is refused.</param>
    internal SslServerAuthenticationOptions OptionsFor(TlsAttempt attempt) => new()
    {
        ServerCertificateContext = _certificate,
        EnabledSslProtocols = _config.Protocols,
        CipherSuitesPolicy = _ciphers,
        ApplicationProtocols = _http2 ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] : [SslApplicationProtocol.Http11],
        AllowRenegotiation = false,

        // A resumed session has no certificate, and may be older than the current authorities.
        AllowTlsResume = _clients is null,
        ClientCertificateRequired = _clients is not null,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = _clients?.NewPolicy(),
        RemoteCertificateValidationCallback = _clients is null ? null : (_, certificate, chain, _) => _clients.Accept(certificate, chain, attempt),
    };

    /// <summary>Whether one of the TLS versions offered by a client is enabled.</summary>
    internal bool Supports(System.Security.Authentication.SslProtocols offered) => (offered & _config.Protocols) != 0;

    /// <summary>The runtime exits if it does not find OpenSSL, so check for it first.</summary>
    private static class OpenSsl
    {
        // The names that the runtime searches. Source: dotnet/runtime, opensslshim.c.
        private static readonly string[] s_names = ["libssl.so.3", "libssl.so.1.1"];

        internal static bool IsPresent { get; } = s_names.Any(static name => NativeLibrary.TryLoad(name, out _));
    }
}
