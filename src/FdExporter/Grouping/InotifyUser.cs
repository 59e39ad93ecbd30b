namespace FdExporter.Grouping;

/// <summary>The inotify instances and watches of one user.</summary>
/// <param name="User">As shown: a name, a number, or <c>other</c>.</param>
/// <param name="Watches">Null if unknown.</param>
internal sealed record InotifyUser(string User, long Instances, long? Watches);
