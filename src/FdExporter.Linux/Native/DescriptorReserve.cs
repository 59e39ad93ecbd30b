using System.Runtime.InteropServices;

namespace FdExporter.Linux.Native;

/// <summary>
/// Descriptors that are held for nothing else than to be given up when the kernel has none left. Each is a file
/// description of its own, which the machine's table counts, and no duplicate, which it does not. For use by any thread.
/// </summary>
internal sealed unsafe class DescriptorReserve : IDisposable
{
    private readonly Lock _lock = new();
    private readonly int[] _held;
    private readonly Action<int> _refused;
    private int _count;
    private bool _isClosed;

    /// <param name="refused">
    /// Told the error number each time that the kernel refused a descriptor; called by whoever asked for it, so it must
    /// neither wait nor throw.
    /// </param>
    internal DescriptorReserve(int size, Action<int> refused)
    {
        _held = new int[size];
        _refused = refused;
        TryFill();
    }

    /// <summary>How many are left.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>Whether the kernel refused for want of handles, by either limit.</summary>
    internal static bool IsExhaustion(int errno) => errno is Libc.EMFILE or Libc.ENFILE;

    /// <summary>
    /// Closes one, so that the caller may ask the kernel again. Somebody else may be quicker, so that it has to be called
    /// again. False, with nothing closed, when no more than <paramref name="keep"/> are left.
    /// </summary>
    /// <param name="errno">What the kernel said, for <see cref="IsExhaustion"/> was true.</param>
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

    /// <summary>Takes back what is missing, as far as the kernel lets it. True when none is missing.</summary>
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

    /// <summary>What the kernel says now to whoever wants a descriptor: 0, or an error number.</summary>
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

    // A place in the tree and no more: it takes no right to read, no device, and exists everywhere.
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
