using System.Text.Json.Serialization;
using FdExporter.Diagnosis;
using FdExporter.Model;

namespace FdExporter.Web.Api;

/// <summary>One process. What is not known is null.</summary>
/// <param name="User">Null where it may not be read.</param>
/// <param name="SoftLimit">Null also for "unlimited": then <paramref name="Unlimited"/> says so.</param>
/// <param name="FdRatio">Descriptors over soft limit; 0 where that is unlimited, null where the limit was lowered below what is open.</param>
/// <param name="TcpSockets">That it owns, each once, however many of its descriptors lead there.</param>
/// <param name="GrowthPerHour">Descriptors an hour; null also while it is too early to tell.</param>
/// <param name="SecondsToLimit">If it goes on like this; null where it does not grow.</param>
/// <param name="FdChange">Descriptors more than at the first look; not there where there was one look only, or it is not known.</param>
internal sealed record ProcessDocument(
    int Pid,
    DateTimeOffset StartTime,
    string Group,
    string Process,
    string? User,
    string Unit,
    string ContainerId,
    string PodUid,
    long? OpenFds,
    ulong? SoftLimit,
    ulong? HardLimit,
    bool? Unlimited,
    double? FdRatio,
    long? TcpSockets,
    long? CloseWait,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? DeadSockets,
    IReadOnlyDictionary<string, long>? Fds,
    IReadOnlyDictionary<string, long>? TcpSocketsByState,
    double? GrowthPerHour,
    double? SecondsToLimit,
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
            facts.User.Length == 0 ? null : facts.User,
            facts.Owner.Unit,
            facts.Owner.Container,
            facts.Owner.Pod,
            row.Sample.OpenFds,
            facts.Limits?.Soft,
            facts.Limits?.Hard,
            facts.Limits is { } limits ? limits.Soft is null : null,
            row.Sample.FdRatio,
            row.Holdings?.Sockets.Total,
            row.CloseWait,
            row.Holdings?.DeadSockets,
            row.Holdings is { } fds ? Counts.Of(fds.Types) : null,
            row.Holdings is { } sockets ? Counts.Of(sockets.Sockets) : null,
            row.Growth?.PerHour,
            row.TimeToLimit?.TotalSeconds,
            row.FdChange);
    }
}
