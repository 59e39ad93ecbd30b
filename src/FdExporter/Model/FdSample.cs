namespace FdExporter.Model;

/// <summary>One descriptor of one process.</summary>
/// <param name="Target">Target of its link: <c>/srv/log (deleted)</c>, <c>pipe:[363714]</c>, <c>anon_inode:[eventpoll]</c>.</param>
/// <param name="Socket">Null for everything else.</param>
internal readonly record struct FdSample(int Number, FdType Type, string Target, SocketSample? Socket)
{
    /// <summary>The thread whose own table contains it; null for the table of the process.</summary>
    internal int? Thread { get; init; }
}
