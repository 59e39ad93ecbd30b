using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FdExporter.Configuration;

namespace FdExporter.Web.Security;

/// <summary>Certificate, key and authorities, read and found to belong together, and what a handshake is made with.</summary>
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

        // By Go's rules the list is about TLS 1.2, and those of 1.3 are always there.
        _ciphers = config.CipherSuites.IsEmpty ? null : new CipherSuitesPolicy(config.CipherSuites.Union(TlsNames.OfTls13));
    }

    /// <summary>Last moment at which the certificate is valid.</summary>
    internal DateTimeOffset NotAfter => new(_certificate.TargetCertificate.NotAfter.ToUniversalTime());

    /// <param name="file">The configuration's name, for messages.</param>
    /// <exception cref="ConfigException">A file cannot be read or used; the message names it.</exception>
    internal static TlsMaterial Load(string file, TlsServerConfig config, bool http2, WatchedFiles files)
    {
        if (!OpenSsl.IsPresent)
        {
            throw new ConfigException(file, config.Certificate.Line, "tls_server_config", "TLS needs OpenSSL's libssl, which this machine does not have");
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
            throw Error(config.Key, $"no key of the certificate: {exception.Message}");
        }
        catch (ArgumentException exception)
        {
            throw Error(config.Key, $"no key of the certificate: {exception.Message}");
        }

        // Offline: nothing is fetched from where a certificate says that its issuer could be found.
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
                throw Error(source, $"no certificate: {exception.Message}");
            }

            return found.Count > 0 ? found : throw Error(source, "no certificate in it: PEM begins with -----BEGIN CERTIFICATE-----");
        }

        ConfigException Error(PemSource source, string reason)
            => source.File is { } path ? new ConfigException(path, reason) : new ConfigException(file, source.Line, source.Key, reason);
    }

    /// <param name="attempt">Told why a client is turned away.</param>
    internal SslServerAuthenticationOptions OptionsFor(TlsAttempt attempt) => new()
    {
        ServerCertificateContext = _certificate,
        EnabledSslProtocols = _config.Protocols,
        CipherSuitesPolicy = _ciphers,
        ApplicationProtocols = _http2 ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] : [SslApplicationProtocol.Http11],
        AllowRenegotiation = false,

        // A session that is taken up again shows no certificate, and may be older than the authorities in use.
        AllowTlsResume = _clients is null,
        ClientCertificateRequired = _clients is not null,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = _clients?.NewPolicy(),
        RemoteCertificateValidationCallback = _clients is null ? null : (_, certificate, chain, _) => _clients.Accept(certificate, chain, attempt),
    };

    /// <summary>Whether a client that offers these versions can be talked to at all.</summary>
    internal bool Speaks(System.Security.Authentication.SslProtocols offered) => (offered & _config.Protocols) != 0;

    /// <summary>The runtime ends the program where it looks for OpenSSL in vain, so it is looked for before.</summary>
    private static class OpenSsl
    {
        // The names that the runtime looks for. Source: dotnet/runtime, opensslshim.c.
        private static readonly string[] s_names = ["libssl.so.3", "libssl.so.1.1"];

        internal static bool IsPresent { get; } = s_names.Any(static name => NativeLibrary.TryLoad(name, out _));
    }
}
