using FdExporter.Model;
using FdExporter.Scanning.Reading;

namespace FdExporter.Scanning.Processes;

/// <summary>Checks that one attempt to read processes makes progress.</summary>
internal sealed class ReadingWatch(ProcessCollector collector, HungProcesses hung, Deadline deadline, TimeSpan timeout)
{
    private readonly StandstillTimer _standstill = new(deadline.Time);
    private int _progress;

    internal ProcessId Id { get; private set; }

    internal HungAt At { get; private set; }

    internal bool IsStuck()
    {
        (ProcessId id, HungAt at, int progress) = collector.Reading;
        bool isUnchanged = id.Pid != 0 && id == Id && at == At && progress == _progress;
        (Id, At, _progress) = (id, at, progress);
        return _standstill.Exceeds(deadline.HasPassed || hung.HasHung(id.Pid) ? ProcessReader.ShortTimeout : timeout, isUnchanged);
    }
}
