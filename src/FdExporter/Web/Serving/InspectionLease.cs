using FdExporter.Model;

namespace FdExporter.Web.Serving;

/// <summary>Result of an inspection. The next one begins only after it is disposed.</summary>
internal sealed class InspectionLease(InspectionAnswer answer, Action end) : IDisposable
{
    private Action? _end = end;

    internal InspectionAnswer Answer { get; } = answer;

    public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
}
