namespace FdExporter.Scanning.Files;

/// <summary>The instance that a descriptor leads to.</summary>
/// <param name="Order">The order of instances in which it was found; 0 before.</param>
internal readonly record struct InotifyLink(InotifyInstance Instance, uint Order);
