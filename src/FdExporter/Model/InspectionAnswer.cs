namespace FdExporter.Model;

/// <summary>What the number that was asked for turned out to be.</summary>
/// <param name="Inspection">Null when there is no such process, it may not be seen, or it is a thread.</param>
/// <param name="ThreadOf">The process that it is a thread of, whose descriptors are also those of the thread; else null.</param>
internal sealed record InspectionAnswer(ProcessInspection? Inspection, ProcessSample? ThreadOf)
{
    internal static InspectionAnswer None { get; } = new(null, null);
}
