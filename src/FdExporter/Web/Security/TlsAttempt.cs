using FdExporter.Metrics;

namespace FdExporter.Web.Security;

/// <summary>The TLS handshake of one client and its progress, which Kestrel does not report. A feature of the connection.</summary>
internal sealed class TlsAttempt
{
    /// <summary>Null after success.</summary>
    internal TlsFailure? Failure { get; private set; } = TlsFailure.NoHello;

    internal string Detail { get; private set; } = "";

    /// <summary>Whether the client has a certificate from a trusted authority.</summary>
    internal bool IsCertified { get; set; }

    internal void Fail(TlsFailure failure, string detail)
    {
        Failure = failure;
        Detail = detail;
    }

    internal void Succeed() => Failure = null;
}
