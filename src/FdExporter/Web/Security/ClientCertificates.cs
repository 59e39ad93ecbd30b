using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FdExporter.Configuration;
using FdExporter.Metrics;

namespace FdExporter.Web.Security;

/// <summary>Which client certificates are let in, by the rules of Go's crypto/tls.</summary>
/// <param name="authorities">Each is trusted by itself, be it a root or not.</param>
internal sealed class ClientCertificates(ClientAuthType type, X509Certificate2Collection authorities, ImmutableArray<string> allowedSans)
{
    private static readonly Oid s_clientAuthentication = new("1.3.6.1.5.5.7.3.2");

    /// <summary>For one handshake: the chain may take intermediates only from what the client has sent.</summary>
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

    /// <param name="certificate">Null when the client has shown none.</param>
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

        if (type is ClientAuthType.VerifyClientCertIfGiven or ClientAuthType.RequireAndVerifyClientCert && ProblemOf(chain) is { } problem)
        {
            attempt.Fail(TlsFailure.UntrustedCertificate, $"{shown.Subject}: {problem}");
            return false;
        }

        if (!allowedSans.IsEmpty && !HasAllowedName(shown))
        {
            attempt.Fail(TlsFailure.CertificateNotAllowed, $"{shown.Subject}: none of its alternative names is in client_allowed_sans");
            return false;
        }

        return true;
    }

    /// <summary>Null for a chain that ends in an authority.</summary>
    private string? ProblemOf(X509Chain? chain)
    {
        if (chain is null or { ChainElements.Count: 0 })
        {
            return "no chain";
        }

        // An authority that is itself signed by another is as good as a root; .NET would have its issuer too.
        bool endsInAuthority = authorities.Contains(chain.ChainElements[^1].Certificate);
        X509ChainStatusFlags allowed = endsInAuthority ? X509ChainStatusFlags.PartialChain : X509ChainStatusFlags.NoError;
        X509ChainStatus[] problems = [.. chain.ChainStatus.Where(status => (status.Status & ~allowed) != 0)];
        return problems.Length > 0 ? string.Join(", ", problems.Select(static status => status.StatusInformation.TrimEnd('.')))
            : endsInAuthority ? null
            : "not issued by client_ca";
    }

    private bool HasAllowedName(X509Certificate2 certificate)
        => certificate.Extensions[SubjectAlternativeNames.Oid] is { } extension
            && SubjectAlternativeNames.TryParse(extension.RawData, out ImmutableArray<string> names)
            && names.Any(name => allowedSans.Contains(name));
}
