using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FdExporter.Configuration;
using FdExporter.Metrics;

namespace FdExporter.Web.Security;

/// <summary>Which client certificates are accepted, by the rules of Go's crypto/tls.</summary>
/// <param name="authorities">All are trusted, including those that are not roots.</param>
internal sealed class ClientCertificates(ClientAuthType type, X509Certificate2Collection authorities, ImmutableArray<string> allowedSans)
{
    private static readonly Oid s_clientAuthentication = new("1.3.6.1.5.5.7.3.2");

    /// <summary>For one handshake. Intermediate certificates come only from the client.</summary>
    internal X509ChainPolicy NewPolicy()
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            ApplicationPolicy = { s_clientAuthentication },
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <param name="certificate">Null if the client has sent none.</param>
    /// <param name="chain">Built by <see cref="NewPolicy"/>.</param>
    internal bool Accept(X509Certificate? certificate, X509Chain? chain, TlsAttempt attempt)
    {
        if (certificate is not X509Certificate2 shown)
        {
            if (type is ClientAuthType.RequireAnyClientCert or ClientAuthType.RequireAndVerifyClientCert)
            {
                attempt.Fail(TlsFailure.NoCertificate, "no client certificate");
                return false;
            }

            return true;
        }

        bool isVerified = type is ClientAuthType.VerifyClientCertIfGiven or ClientAuthType.RequireAndVerifyClientCert;
        if (isVerified && ProblemOf(chain) is { } problem)
        {
            attempt.Fail(TlsFailure.UntrustedCertificate, $"{shown.Subject}: {problem}");
            return false;
        }

        if (!allowedSans.IsEmpty && !HasAllowedName(shown))
        {
            attempt.Fail(TlsFailure.CertificateNotAllowed, $"{shown.Subject}: none of its alternative names is in client_allowed_sans");
            return false;
        }

        attempt.IsCertified = isVerified;
        return true;
    }

    /// <summary>Null for a chain that leads to an authority.</summary>
    private string? ProblemOf(X509Chain? chain)
    {
        // An authority signed by another one is trusted like a root, so errors above it are ignored.
        X509ChainStatusFlags allowed = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;
        foreach (X509ChainElement element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            X509ChainStatus problem = element.ChainElementStatus.FirstOrDefault(status => (status.Status & ~allowed) != 0);
            if (problem.Status != X509ChainStatusFlags.NoError)
            {
                return problem.StatusInformation.TrimEnd('.');
            }

            if (authorities.Contains(element.Certificate))
            {
                return null;
            }
        }

        return "not issued by client_ca";
    }

    private bool HasAllowedName(X509Certificate2 certificate)
        => certificate.Extensions[SubjectAlternativeNames.Oid] is { } extension
            && SubjectAlternativeNames.TryParse(extension.RawData, out ImmutableArray<string> names)
            && names.Any(name => allowedSans.Contains(name));
}
