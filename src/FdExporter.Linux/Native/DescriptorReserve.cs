using System.Runtime.InteropServices;

namespace FdExporter.Linux.Native;

/// <summary>
/// Descriptors kept open only to be released when the kernel has none left. Each is an open file description of its own:
/// duplicates would not count in the machine's table. Thread-safe.
/// </summary>
internal sealed unsafe class DescriptorReserve : IDisposable
{
    private readonly Lock _lock = new();
    private readonly int[] _held;
    private readonly Action<int> _refused;
    private int _count;
    private bool _isClosed;

    /// <param name="refused">
    /// Called with the errno each time the kernel refuses a descriptor, on the calling thread: it must neither wait nor
    /// throw.
    /// </param>
    internal DescriptorReserve(int size, Action<int> refused)
    {
        _held = new int[size];
        _refused = refused;
        TryFill();
    }

    /// <summary>Number of reserved descriptors left.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>Whether the kernel refused because a limit of handles is reached, the process's or the machine's.</summary>
    internal static bool IsExhaustion(int errno) => errno is Libc.EMFILE or Libc.ENFILE;

    /// <summary>
    /// Releases one, so that the caller can retry. Another process may take it first; then call again. False, without
    /// releasing, when no more than <paramref name="keep"/> are left.
    /// </summary>
    /// <param name="errno">An errno for which IsExhaustion is true.</param>
    internal bool TryGiveUp(int errno, int keep = 0)
    {
        _refused(errno);
        int given;
        lock (_lock)
        {
            if (_count <= keep)
            {
                return false;
            }

            given = _held[--_count];
        }

        _ = Libc.close(given);
        return true;
    }

    /// <summary>Reopens missing descriptors until the kernel refuses. True when the reserve is full.</summary>
    internal bool TryFill()
    {
        lock (_lock)
        {
            while (_count < _held.Length && !_isClosed)
            {
                int fd = Open();
                if (fd < 0)
                {
                    return false;
                }

                _held[_count++] = fd;
            }

            return true;
        }
    }

    /// <summary>Tests whether a descriptor is available now: 0, or the errno.</summary>
    internal static int Probe()
    {
        int fd = Open();
        if (fd < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        _ = Libc.close(fd);
        return 0;
    }

    // O_PATH only: needs no permission to read, opens no device, and the path exists everywhere.
    private static int Open()
    {
        fixed (byte* path = "/\0"u8)
        {
            return Libc.openat(Libc.AT_FDCWD, path, Libc.O_PATH | Libc.O_CLOEXEC);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            while (_count > 0)
            {
                _ = Libc.close(_held[--_count]);
            }
        }
    }
}
