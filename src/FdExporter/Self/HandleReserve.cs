using FdExporter.Linux.Native;
using FdExporter.Model;

namespace FdExporter.Self;

/// <summary>
/// What lets the exporter answer when there are no file handles left: some are held from the start and given up one by
/// one, to files that a scan reads, which give them back at once, and to connections, which keep them until they end.
/// </summary>
internal sealed class HandleReserve : IDisposable
{
    /// <summary>A dozen connections: Prometheus, a second one, a browser, and whoever runs curl.</summary>
    private const int Size = 16;

    /// <summary>Connections leave so many. A scan opens one file at a time, an inspection beside it none; the rest is for those that others snatch.</summary>
    private const int ForReading = 4;

    private readonly TimeProvider _time;
    private volatile Refusal? _last;

    internal HandleReserve(TimeProvider time)
    {
        _time = time;
        Descriptors = new DescriptorReserve(Size, errno =>
        {
            Refusal refusal = new(errno == Libc.EMFILE ? HandleLimit.Own : HandleLimit.System, _time.GetTimestamp());
            _last = refusal;
            Refused?.Invoke(refusal.Limit);
        });
    }

    /// <summary>Near the limit handles come and go: without a refusal for so long, the want of them is over.</summary>
    internal static TimeSpan OverAfter { get; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Each time that the kernel refused a descriptor, also where one of the reserve helped. Raised in the middle of a scan
    /// or of an accept: who listens must neither wait nor throw.
    /// </summary>
    internal event Action<HandleLimit>? Refused;

    /// <summary>For files that a scan reads.</summary>
    internal DescriptorReserve Descriptors { get; }

    /// <summary>Whether another connection leaves enough to scan with.</summary>
    internal bool HasPlaceForConnection => Descriptors.Count > ForReading;

    /// <summary>Which limit the kernel named last; null where it has refused nothing for as long as <see cref="OverAfter"/>.</summary>
    internal HandleLimit? CurrentShortage => _last is { } last && _time.GetElapsedTime(last.At) < OverAfter ? last.Limit : null;

    /// <summary>As Go's runtime does, so that the limit which a login shell would have is not the exporter's.</summary>
    internal static void RaiseLimit() => DescriptorLimit.RaiseToHard();

    /// <summary>A connection could not be accepted for want of a descriptor. True when it is worth another try.</summary>
    internal bool TryGiveUpForConnection()
    {
        // A socket's exception does not say which of the two limits it was.
        int errno = DescriptorReserve.Probe();
        return errno == 0 || (DescriptorReserve.IsExhaustion(errno) && Descriptors.TryGiveUp(errno, ForReading));
    }

    /// <summary>Takes back what is missing, as far as the kernel lets it. True when none is missing.</summary>
    internal bool TryFill() => Descriptors.TryFill();

    public void Dispose() => Descriptors.Dispose();

    private sealed record Refusal(HandleLimit Limit, long At);
}
