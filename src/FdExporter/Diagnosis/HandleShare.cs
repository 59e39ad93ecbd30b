namespace FdExporter.Diagnosis;

/// <summary>The handles of one program.</summary>
/// <param name="Handles">Sockets count once, other descriptors for each process unless that would exceed the machine's handles.</param>
/// <param name="CloseWait">Those of them in CLOSE_WAIT.</param>
/// <param name="Idle">Its connections over which nothing has come for ten minutes; 0 also where it is unknown.</param>
/// <param name="PerDescriptor">Handles by open descriptors, to convert the history of descriptors.</param>
internal sealed record HandleShare(string Program, long Handles, long CloseWait, long Idle, double PerDescriptor);
