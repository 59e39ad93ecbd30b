using System.Collections.Immutable;

namespace FdExporter.Model;

/// <summary>What collector <c>files</c> found behind descriptors.</summary>
/// <param name="UnreadDeleted">Descriptors of deleted files that are in no sum of bytes: not read yet, or not to be read.</param>
/// <param name="UnreadInotify">Inotify descriptors whose watches are in no sum.</param>
internal sealed record FileUse(ImmutableArray<DeletedFilesSample> Deleted, ImmutableArray<InotifySample> Inotify, long UnreadDeleted, long UnreadInotify)
{
    /// <summary>Of each user: fs.inotify.max_user_instances. Null if unknown.</summary>
    internal ulong? MaxInotifyInstances { get; init; }

    /// <summary>Of each user: fs.inotify.max_user_watches. Null if unknown.</summary>
    internal ulong? MaxInotifyWatches { get; init; }
}
