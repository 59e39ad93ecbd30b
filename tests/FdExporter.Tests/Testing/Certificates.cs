using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FdExporter.Tests.Testing;

/// <summary>An authority and its certificates, as files in a folder: <c>NAME.crt</c> and <c>NAME.key</c>.</summary>
internal sealed class Certificates : IDisposable
{
    private static readonly Oid s_server = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid s_client = new("1.3.6.1.5.5.7.3.2");

    private readonly string _folder;
    private readonly X509Certificate2 _authority;

    /// <param name="name">Name of the authority and of its file.</param>
    internal Certificates(string folder, string name = "ca")
    {
        _folder = folder;
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-40), DateTimeOffset.UtcNow.AddDays(40));
        File.WriteAllText(PathOf($"{name}.crt"), _authority.ExportCertificatePem());
    }

    internal string PathOf(string file) => Path.Combine(_folder, file);

    internal void IssueServer(string name) => Issue(name, s_server, static names =>
    {
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
    });

    internal void IssueClient(string name, string dnsName = "prometheus.example", int fromDay = -1, int toDay = 30)
        => Issue(name, s_client, names => names.AddDnsName(dnsName), fromDay, toDay);

    /// <param name="fromDay">From now on.</param>
    internal void Issue(string name, Oid purpose, Action<SubjectAlternativeNameBuilder> names, int fromDay = -1, int toDay = 30)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder alternatives = new();
        names(alternatives);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([purpose], false));
        using X509Certificate2 certificate = request.Create(
            _authority, DateTimeOffset.UtcNow.AddDays(fromDay), DateTimeOffset.UtcNow.AddDays(toDay), RandomNumberGenerator.GetBytes(8));
        Replace($"{name}.crt", certificate.ExportCertificatePem());
        Replace($"{name}.key", key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Atomically, as an administrator of a running server does.</summary>
    internal void Replace(string file, string text)
    {
        File.WriteAllText(PathOf(file + ".new"), text);
        File.Move(PathOf(file + ".new"), PathOf(file), overwrite: true);
    }

    public void Dispose() => _authority.Dispose();
}
