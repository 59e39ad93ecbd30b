using FdExporter.Model;
using Prometheus;

namespace FdExporter.Metrics;

/// <summary>The exporter's own counters and gauges, kept as long as it runs.</summary>
internal sealed class ExporterMetrics
{
    private readonly MetricFactory _factory;
    private readonly Counter _scrapes;
    private readonly Counter _scans;
    private readonly Counter _walkedFds;
    private readonly Counter _refused;
    private readonly Counter _vanished;
    private readonly Counter _malformed;
    private readonly Gauge _reloadSuccessful;
    private readonly Gauge _reloadTime;
    private readonly Counter _evidence;
    private readonly Counter _evidenceFailures;
    private readonly Counter _evidenceLeftOut;
    private readonly Counter _handlesRefused;
    private readonly Counter _droppedLines;
    private readonly Counter _answersRefused;
    private readonly Counter _connectionsClosed;

    internal ExporterMetrics()
    {
        _factory = Prometheus.Metrics.WithCustomRegistry(Registry);

        // By default each counter gets the trace ID of the last request as an exemplar.
        _factory.ExemplarBehavior = ExemplarBehavior.NoExemplars();
        _scrapes = Create(MetricCatalog.ExporterScrapes);
        _scans = Create(MetricCatalog.ExporterScans);
        _walkedFds = Create(MetricCatalog.ExporterWalkedFds);
        _refused = Create(MetricCatalog.ExporterScrapesRefused);
        _vanished = Create(MetricCatalog.ExporterVanishedProcesses);
        _malformed = Create(MetricCatalog.ExporterMalformedProcesses);
        HttpRequests = Create(MetricCatalog.HttpRequests);
        _reloadSuccessful = CreateGauge(MetricCatalog.ExporterReloadSuccessful);
        _reloadTime = CreateGauge(MetricCatalog.ExporterReloadTime);
        _evidence = Create(MetricCatalog.ExporterEvidence);
        _evidenceFailures = Create(MetricCatalog.ExporterEvidenceFailures);
        _evidenceLeftOut = Create(MetricCatalog.ExporterEvidenceLeftOut);
        foreach (EvidenceOmission reason in Enum.GetValues<EvidenceOmission>())
        {
            _evidenceLeftOut.WithLabels(LabelOf(reason));
        }

        _handlesRefused = Create(MetricCatalog.ExporterHandlesRefused);
        _droppedLines = Create(MetricCatalog.ExporterLogLinesDropped);
        _answersRefused = Create(MetricCatalog.ExporterAnswersRefused);
        _connectionsClosed = Create(MetricCatalog.ExporterConnectionsClosed);
        foreach (ConnectionLoss loss in Enum.GetValues<ConnectionLoss>())
        {
            _connectionsClosed.WithLabels(LabelOf(loss));
        }

        foreach (HandleLimit limit in Enum.GetValues<HandleLimit>())
        {
            _handlesRefused.WithLabels(HandleLimitNames.Of(limit));
        }

        foreach (RefusalReason reason in Enum.GetValues<RefusalReason>())
        {
            _refused.WithLabels(LabelOf(reason));
        }

        Counter Create(MetricDefinition metric) => _factory.CreateCounter(metric.Name, metric.Help, metric.Labels);
        Gauge CreateGauge(MetricDefinition metric) => _factory.CreateGauge(metric.Name, metric.Help, metric.Labels);
    }

    internal CollectorRegistry Registry { get; } = Prometheus.Metrics.NewCustomRegistry();

    /// <summary>Incremented by the middleware of prometheus-net.AspNetCore.</summary>
    internal Counter HttpRequests { get; }

    /// <summary>Adds the metrics of a web configuration; called once.</summary>
    internal WebMetrics AddWeb(bool isTls) => new(_factory, isTls);

    /// <summary>Thresholds from the flags; alert rules use the values of each machine.</summary>
    internal void ShowThresholds(ulong systemHandles, long closeWait)
    {
        Show(MetricCatalog.SystemHandlesThreshold, systemHandles);
        Show(MetricCatalog.CloseWaitThreshold, closeWait);

        void Show(MetricDefinition metric, double value) => _factory.CreateGauge(metric.Name, metric.Help).Set(value);
    }

    /// <summary>Called once, when the port is known.</summary>
    internal void ShowExternalUrl(string url)
        => _factory.CreateGauge(MetricCatalog.ExporterWebInfo.Name, MetricCatalog.ExporterWebInfo.Help, MetricCatalog.ExporterWebInfo.Labels).WithLabels(url).Set(1);

    internal void CountScrape() => _scrapes.Inc();

    internal void CountRefusal(RefusalReason reason) => _refused.WithLabels(LabelOf(reason)).Inc();

    /// <summary>The rules were read and are in use.</summary>
    internal void SetReloaded(DateTimeOffset at)
    {
        _reloadTime.Set(at.ToUnixTimeMilliseconds() / 1000.0);
        _reloadSuccessful.Set(1);
    }

    internal void SetReloadFailed() => _reloadSuccessful.Set(0);

    internal void CountEvidence() => _evidence.Inc();

    internal void CountEvidenceFailure() => _evidenceFailures.Inc();

    internal void CountEvidenceLeftOut(EvidenceOmission reason) => _evidenceLeftOut.WithLabels(LabelOf(reason)).Inc();

    internal void CountHandleRefusal(HandleLimit limit) => _handlesRefused.WithLabels(HandleLimitNames.Of(limit)).Inc();

    internal void CountDroppedLine() => _droppedLines.Inc();

    internal void CountAnswerRefused() => _answersRefused.Inc();

    internal void CountConnection(ConnectionLoss loss) => _connectionsClosed.WithLabels(LabelOf(loss)).Inc();

    internal void CountScan(HostSnapshot snapshot)
    {
        _scans.Inc();
        _walkedFds.Inc(snapshot.Ownership?.WalkedFds ?? 0);
        _vanished.Inc(snapshot.Processes?.Vanished ?? 0);
        _malformed.Inc(snapshot.Processes?.Malformed ?? 0);
    }

    private static string LabelOf(ConnectionLoss loss) => loss switch
    {
        ConnectionLoss.Refused => "refused",
        ConnectionLoss.Idle => "idle",
        ConnectionLoss.Busy => "busy",
        _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, null),
    };

    private static string LabelOf(EvidenceOmission reason) => reason switch
    {
        EvidenceOmission.NoRoom => "no_room",
        EvidenceOmission.Share => "share",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    private static string LabelOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Busy => "busy",
        RefusalReason.Timeout => "timeout",
        RefusalReason.BadRequest => "bad_request",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
