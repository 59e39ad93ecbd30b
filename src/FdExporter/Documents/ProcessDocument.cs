using System.Text.Json.Serialization;
using FdExporter.Diagnosis;
using FdExporter.Model;

namespace FdExporter.Documents;

/// <summary>One process. Unknown and missing values are null.</summary>
/// <param name="SoftLimit">Null if unlimited; then <paramref name="Unlimited"/> is true.</param>
/// <param name="FdRatio">Descriptors divided by the soft limit; null if unlimited, or if the limit was lowered below the number of descriptors.</param>
/// <param name="TcpSocketsTotal">The sum of <paramref name="TcpSockets"/>.</param>
/// <param name="TcpSockets">The sockets that it owns, each once, even if several descriptors refer to it.</param>
/// <param name="SocketsByProtocol">The sockets of all protocols that it owns, each once.</param>
/// <param name="UnixSockets">Its Unix sockets by state.</param>
/// <param name="GrowthPerHour">Descriptors per hour; null if not known yet.</param>
/// <param name="TimeToLimitSeconds">At the present growth; null without growth.</param>
/// <param name="FdChange">Descriptors gained since the first scan. Absent after a single scan, or if unknown.</param>
internal sealed record ProcessDocument(
    int Pid,
    DateTimeOffset StartTime,
    string Group,
    string Process,
    string? User,
    string? Unit,
    string? ContainerId,
    string? PodUid,
    string? PodNamespace,
    string? PodName,
    string? ContainerName,
    long? OpenFds,
    ulong? SoftLimit,
    ulong? HardLimit,
    bool? Unlimited,
    double? FdRatio,
    IReadOnlyDictionary<string, long>? Fds,
    long? TcpSocketsTotal,
    IReadOnlyDictionary<string, long>? TcpSockets,
    long? DeadSockets,
    IReadOnlyDictionary<string, long>? SocketsByProtocol,
    IReadOnlyDictionary<string, long>? UnixSockets,
    double? GrowthPerHour,
    double? TimeToLimitSeconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? FdChange)
{
    internal static ProcessDocument Of(ProcessRow row)
    {
        ProcessFacts facts = row.Facts;
        return new ProcessDocument(
            row.Pid,
            facts.StartTime,
            facts.Group,
            facts.Comm,
            NullIfEmpty(facts.User),
            NullIfEmpty(facts.Owner.Unit),
            NullIfEmpty(facts.Owner.Container),
            NullIfEmpty(facts.Owner.Pod),
            facts.Owner.Kubernetes?.Namespace,
            facts.Owner.Kubernetes?.Name,
            NullIfEmpty(facts.Owner.ContainerName),
            row.Sample.OpenFds,
            facts.Limits?.Soft,
            facts.Limits?.Hard,
            facts.Limits is { } limits ? limits.Soft is null : null,
            facts.Limits is { Soft: null } ? null : Rounded.Ratio(row.Sample.FdRatio),
            row.Holdings is { } fds ? Counts.Of(fds.Types) : null,
            row.Holdings?.Sockets.Total,
            row.Holdings is { } sockets ? Counts.Of(sockets.Sockets) : null,
            row.Holdings?.DeadSockets,
            row.Holdings is { } protocols ? Counts.Of(protocols.Protocols) : null,
            row.Holdings is { } unix ? Counts.Of(unix.Unix) : null,
            Rounded.PerHour(row.Growth),
            Rounded.Forecast(row.TimeToLimit),
            row.FdChange);
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
