namespace FdExporter.Model;

/// <summary>One descriptor of one process.</summary>
/// <param name="Target">What its link says: <c>/srv/log (deleted)</c>, <c>pipe:[363714]</c>, <c>anon_inode:[eventpoll]</c>.</param>
/// <param name="Socket">Null for everything else.</param>
internal readonly record struct FdSample(int Number, FdType Type, string Target, SocketSample? Socket)
{
    /// <summary>The thread in whose own table it is; null in that of the process.</summary>
    internal int? Thread { get; init; }
}
