namespace FdExporter.Linux.Native;

/// <summary>
/// A file descriptor that ends with the method that opened it. A scan opens several per process, and a
/// <see cref="SafeFd"/> for each would be a finalizable object for each.
/// </summary>
/// <param name="lender">Whose descriptor was given up for this one, and has to have it back; null when there were enough.</param>
internal readonly ref struct ScopedFd(int fd, DescriptorReserve? lender = null)
{
    internal int Value { get; } = fd;

    public void Dispose()
    {
        if (Value >= 0)
        {
            _ = Libc.close(Value);
            _ = lender?.TryFill();
        }
    }
}
