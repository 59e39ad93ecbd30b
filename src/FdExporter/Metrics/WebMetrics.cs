using Prometheus;

namespace FdExporter.Metrics;

/// <summary>Counters and gauges of an exporter that has a web configuration.</summary>
internal sealed class WebMetrics
{
    private readonly Gauge _reloadSuccessful;
    private readonly Gauge _reloadTime;
    private readonly Counter _denied;
    private readonly Gauge? _notAfter;
    private readonly Counter? _tlsFailures;

    /// <param name="isTls">Whether to add the metrics of certificate and handshakes.</param>
    internal WebMetrics(MetricFactory factory, bool isTls)
    {
        _reloadSuccessful = CreateGauge(MetricCatalog.WebReloadSuccessful);
        _reloadTime = CreateGauge(MetricCatalog.WebReloadTime);
        _denied = CreateCounter(MetricCatalog.WebDenied);
        foreach (RequestDenial denial in Enum.GetValues<RequestDenial>())
        {
            _denied.WithLabels(LabelOf(denial));
        }

        if (isTls)
        {
            _notAfter = CreateGauge(MetricCatalog.WebCertificateNotAfter);
            _tlsFailures = CreateCounter(MetricCatalog.WebTlsFailures);
            foreach (TlsFailure failure in Enum.GetValues<TlsFailure>())
            {
                _tlsFailures.WithLabels(LabelOf(failure));
            }
        }

        Counter CreateCounter(MetricDefinition metric) => factory.CreateCounter(metric.Name, metric.Help, metric.Labels);
        Gauge CreateGauge(MetricDefinition metric) => factory.CreateGauge(metric.Name, metric.Help, metric.Labels);
    }

    /// <summary>The web configuration and its files were read and are in use.</summary>
    /// <param name="notAfter">End of the certificate's validity; null without TLS.</param>
    internal void SetReloaded(DateTimeOffset at, DateTimeOffset? notAfter)
    {
        _reloadTime.Set(at.ToUnixTimeMilliseconds() / 1000.0);
        _reloadSuccessful.Set(1);
        if (notAfter is { } end)
        {
            _notAfter?.Set(end.ToUnixTimeSeconds());
        }
    }

    internal void SetReloadFailed() => _reloadSuccessful.Set(0);

    internal void CountDenial(RequestDenial denial) => _denied.WithLabels(LabelOf(denial)).Inc();

    internal void CountTlsFailure(TlsFailure failure) => _tlsFailures?.WithLabels(LabelOf(failure)).Inc();

    internal static string LabelOf(TlsFailure failure) => failure switch
    {
        TlsFailure.NoHello => "no_hello",
        TlsFailure.PlainHttp => "plain_http",
        TlsFailure.Protocol => "protocol",
        TlsFailure.NoCertificate => "no_certificate",
        TlsFailure.UntrustedCertificate => "untrusted_certificate",
        TlsFailure.CertificateNotAllowed => "certificate_not_allowed",
        TlsFailure.Handshake => "handshake",
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, null),
    };

    private static string LabelOf(RequestDenial denial) => denial switch
    {
        RequestDenial.Unauthorized => "unauthorized",
        RequestDenial.PasswordsBusy => "passwords_busy",
        RequestDenial.RateLimited => "rate_limited",
        _ => throw new ArgumentOutOfRangeException(nameof(denial), denial, null),
    };
}
