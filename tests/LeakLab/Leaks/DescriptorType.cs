using LeakLab.Native;

namespace LeakLab.Leaks;

/// <summary>How each type of descriptor is created, by the exporter's names of the types; `unix` is a kind of `socket`.</summary>
internal static unsafe class DescriptorType
{
    private const string MaxInotifyInstances = "/proc/sys/fs/inotify/max_user_instances";

    internal static readonly string[] All =
    [
        "socket", "unix", "pipe", "file", "deleted_file", "eventfd", "eventpoll", "inotify", "timerfd", "signalfd", "memfd", "device",
    ];

    /// <summary>Opens one descriptor, or for a pipe both ends if two are still needed.</summary>
    internal static void Open(string type, HeldDescriptors held, int wanted)
    {
        if (type == "pipe")
        {
            OpenPipe(held, wanted);
            return;
        }

        ulong noSignals = 0;
        (int fd, string call) = type switch
        {
            "socket" => (Libc.socket(Libc.AF_INET, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0), "socket AF_INET"),
            "unix" => (Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0), "socket AF_UNIX"),
            "file" => (Libc.open("/proc/self/exe", Libc.O_RDONLY | Libc.O_CLOEXEC, 0), "open"),
            "deleted_file" => OpenDeletedFile(),
            "eventfd" => (Libc.eventfd(0, Libc.O_CLOEXEC), "eventfd"),
            "eventpoll" => (Libc.epoll_create1(Libc.O_CLOEXEC), "epoll_create1"),
            "inotify" => (Libc.inotify_init1(Libc.O_CLOEXEC), "inotify_init1"),
            "timerfd" => (Libc.timerfd_create(Libc.CLOCK_MONOTONIC, Libc.O_CLOEXEC), "timerfd_create"),
            "signalfd" => (Libc.signalfd(-1, &noSignals, Libc.O_CLOEXEC), "signalfd"),
            "memfd" => (Libc.memfd_create("leaklab", Libc.MFD_CLOEXEC), "memfd_create"),
            "device" => (Libc.open("/dev/null", Libc.O_RDONLY | Libc.O_CLOEXEC, 0), "open /dev/null"),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
        };
        held.Add(SystemCallException.Check(fd, call));
    }

    /// <summary>The limit that causes EMFILE: for inotify it can be the one per user or the one per process.</summary>
    internal static string Limit(string type, int opened)
        => type == "inotify"
            ? $"after {opened}; fs.inotify.max_user_instances={File.ReadAllText(MaxInotifyInstances).Trim()} per user"
            : $"after {opened}; RLIMIT_NOFILE is reached";

    private static void OpenPipe(HeldDescriptors held, int wanted)
    {
        int* ends = stackalloc int[2];
        _ = SystemCallException.Check(Libc.pipe2(ends, Libc.O_CLOEXEC), "pipe2");
        held.Add(ends[0]);
        if (wanted > 1)
        {
            held.Add(ends[1]);
        }
        else
        {
            _ = Libc.close(ends[1]);
        }
    }

    private static (int Fd, string Call) OpenDeletedFile()
    {
        string path = Path.Combine(Path.GetTempPath(), $"leaklab-{Environment.ProcessId}");
        int fd = Libc.open(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL | Libc.O_CLOEXEC, 0x180);
        if (fd >= 0)
        {
            _ = SystemCallException.Check(Libc.unlink(path), "unlink");
        }

        return (fd, "open");
    }
}
