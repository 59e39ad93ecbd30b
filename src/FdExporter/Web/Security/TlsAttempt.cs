using FdExporter.Metrics;

namespace FdExporter.Web.Security;

/// <summary>One client's handshake, and how far it came: Kestrel itself tells nobody. A feature of its connection.</summary>
internal sealed class TlsAttempt
{
    /// <summary>Null once it has succeeded.</summary>
    internal TlsFailure? Failure { get; private set; } = TlsFailure.NoHello;

    internal string Detail { get; private set; } = "";

    /// <summary>Whether the client has shown a certificate of an authority that is trusted for it.</summary>
    internal bool IsCertified { get; set; }

    internal void Fail(TlsFailure failure, string detail)
    {
        Failure = failure;
        Detail = detail;
    }

    internal void Succeed() => Failure = null;
}
