namespace LeakLab.Native;

/// <summary>Holds files without a descriptor: a file given to it stays open when its descriptor is closed.</summary>
internal static unsafe class UndescribedFiles
{
    internal const string ByDescriptor = "descriptor";
    internal const string ByIoUring = "io_uring";
    internal const string InFlight = "in_flight";

    internal static readonly string[] Ways = [ByDescriptor, ByIoUring, InFlight];

    private const int MostPerMessage = 250;
    private const int RingEntries = 8;
    private const int SizeOfParams = 120;

    /// <returns>The descriptors that keep the files open now.</returns>
    internal static int[] Hold(string way, ReadOnlySpan<int> fds) => way == ByIoUring ? Register(fds) : Send(fds);

    private static int[] Register(ReadOnlySpan<int> fds)
    {
        byte* parameters = stackalloc byte[SizeOfParams];
        new Span<byte>(parameters, SizeOfParams).Clear();
        int ring = SystemCallException.Check((int)Libc.syscall(Libc.SYS_io_uring_setup, RingEntries, (nint)parameters, 0, 0), "io_uring_setup");
        fixed (int* files = fds)
        {
            _ = SystemCallException.Check(
                (int)Libc.syscall(Libc.SYS_io_uring_register, ring, Libc.IORING_REGISTER_FILES, (nint)files, fds.Length), "io_uring_register");
        }

        return [ring];
    }

    // Into a pair of sockets that is never read.
    private static int[] Send(ReadOnlySpan<int> fds)
    {
        int* pair = stackalloc int[2];
        _ = SystemCallException.Check(Libc.socketpair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0, pair), "socketpair");
        int room = 8 << 20;
        _ = Libc.setsockopt(pair[0], Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, &room, sizeof(int));
        while (!fds.IsEmpty)
        {
            int count = Math.Min(fds.Length, MostPerMessage);
            Send(pair[0], fds[..count]);
            fds = fds[count..];
        }

        return [pair[0], pair[1]];
    }

    // struct cmsghdr { size_t cmsg_len; int cmsg_level; int cmsg_type; }, then the descriptors.
    private static void Send(int socket, ReadOnlySpan<int> fds)
    {
        nuint* control = stackalloc nuint[2 + ((MostPerMessage + 1) / 2)];
        control[0] = (nuint)(16 + (fds.Length * sizeof(int)));
        ((int*)control)[2] = Libc.SOL_SOCKET;
        ((int*)control)[3] = Libc.SCM_RIGHTS;
        fds.CopyTo(new Span<int>((int*)control + 4, fds.Length));
        byte one = 0;
        Libc.Iovec data = new() { iov_base = &one, iov_len = 1 };
        Libc.Msghdr message = new() { msg_iov = &data, msg_iovlen = 1, msg_control = control, msg_controllen = control[0] };
        _ = SystemCallException.Check((int)Libc.sendmsg(socket, &message, Libc.MSG_DONTWAIT), "sendmsg SCM_RIGHTS");
    }
}
