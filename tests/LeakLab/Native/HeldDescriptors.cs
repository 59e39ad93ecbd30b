using System.Runtime.InteropServices;

namespace LeakLab.Native;

/// <summary>
/// Descriptors that are held until they are released: the leak itself. Plain numbers, so that 12,500 of them cost
/// one array and no finalizers.
/// </summary>
internal sealed class HeldDescriptors : IDisposable
{
    private readonly List<int> _fds = [];

    internal int Count => _fds.Count;

    internal void Add(int fd) => _fds.Add(fd);

    /// <summary>From here on the files are held by other means, and the descriptors that these need are held instead.</summary>
    internal void HoldBy(string way)
    {
        int[] holders = UndescribedFiles.Hold(way, CollectionsMarshal.AsSpan(_fds));
        Dispose();
        _fds.AddRange(holders);
    }

    /// <summary>
    /// Closes sockets with a reset instead of a FIN, so that the end of a lab leaves no ten thousand TIME_WAIT that would
    /// disturb the next measurement.
    /// </summary>
    internal unsafe void Reset()
    {
        int* linger = stackalloc int[2] { 1, 0 };
        foreach (int fd in _fds)
        {
            _ = Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_LINGER, linger, 2 * sizeof(int));
        }

        Dispose();
    }

    public void Dispose()
    {
        foreach (int fd in _fds)
        {
            _ = Libc.close(fd);
        }

        _fds.Clear();
    }
}
