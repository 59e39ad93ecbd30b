namespace LeakLab.Native;

/// <summary>The interface `lo`, which is down in a new network namespace. Source: netdevice(7).</summary>
internal static unsafe class Loopback
{
    // struct ifreq { char ifr_name[16]; short ifr_flags; ... }
    private const int SizeOfIfreq = 40;
    private const int FlagsOffset = 16;

    /// <summary>Needs CAP_NET_ADMIN in the namespace.</summary>
    internal static void BringUp()
    {
        byte* request = stackalloc byte[SizeOfIfreq];
        new Span<byte>(request, SizeOfIfreq).Clear();
        "lo"u8.CopyTo(new Span<byte>(request, SizeOfIfreq));
        int fd = SystemCallException.Check(Libc.socket(Libc.AF_INET, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0), "socket");
        _ = SystemCallException.Check(Libc.ioctl(fd, Libc.SIOCGIFFLAGS, request), "ioctl SIOCGIFFLAGS");
        *(short*)(request + FlagsOffset) |= Libc.IFF_UP;
        _ = SystemCallException.Check(Libc.ioctl(fd, Libc.SIOCSIFFLAGS, request), "ioctl SIOCSIFFLAGS");
        _ = Libc.close(fd);
    }
}
