namespace FdExporter.Model;

/// <summary>Result of an inspection of the requested pid.</summary>
/// <param name="Inspection">Null if there is no such process, access is denied, or it is a thread.</param>
/// <param name="ThreadOf">If it is a thread, its process, which has the same descriptors; else null.</param>
internal sealed record InspectionAnswer(ProcessInspection? Inspection, ProcessSample? ThreadOf)
{
    internal static InspectionAnswer None { get; } = new(null, null);
}
