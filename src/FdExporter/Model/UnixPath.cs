namespace FdExporter.Model;

/// <summary>The path of a Unix socket in labels and sentences.</summary>
internal static class UnixPath
{
    /// <summary>
    /// An abstract name begins with <c>@</c> as in ss(8). Control characters, invisible characters and invalid text are escaped as in other
    /// names, see <see cref="Printable"/>.
    /// </summary>
    /// <param name="path">As the kernel reports it; an abstract name starts with a NUL.</param>
    internal static string Of(ReadOnlySpan<byte> path)
        => path.IsEmpty || path[0] != 0 ? Printable.NameOf(path) : "@" + Printable.NameOf(path[1..]);
}
