namespace FdExporter.Model;

/// <summary>The inotify instances of one process. Each counts once, for the process that started first of those that hold it.</summary>
/// <param name="Process">Index of the process in the snapshot.</param>
/// <param name="Watches">Of the instances that could be read; null if none could.</param>
internal readonly record struct InotifySample(int Process, long Instances, long? Watches);
