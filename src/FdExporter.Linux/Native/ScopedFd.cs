namespace FdExporter.Linux.Native;

/// <summary>
/// A file descriptor that is closed by the method that opened it. A struct, because a scan opens several per process, and
/// each <see cref="SafeFd"/> would be a finalizable object.
/// </summary>
/// <param name="reserve">The reserve that released a descriptor for this one and gets it back; null if none was needed.</param>
internal readonly ref struct ScopedFd(int fd, DescriptorReserve? reserve = null)
{
    internal int Value { get; } = fd;

    public void Dispose()
    {
        if (Value >= 0)
        {
            _ = Libc.close(Value);
            _ = reserve?.TryFill();
        }
    }
}
