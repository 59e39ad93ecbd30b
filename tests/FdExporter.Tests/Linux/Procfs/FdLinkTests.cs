using System.Text;
using FdExporter.Linux.Procfs;
using FdExporter.Tests.Testing;

namespace FdExporter.Tests.Linux.Procfs;

public class FdLinkTests
{
    [Theory]
    [InlineData("socket:[363722]", "Socket", 363722)]
    [InlineData("socket:[]", "Socket", 0)]
    [InlineData("socket:[12", "Socket", 0)]
    [InlineData("pipe:[363714]", "Pipe", 0)]
    [InlineData("/srv/log/app.log", "File", 0)]
    [InlineData("/srv/log/app.log (deleted)", "DeletedFile", 0)]
    [InlineData("/dev/null", "Device", 0)]
    [InlineData("/dev/pts/0", "Device", 0)]
    [InlineData("/dev/zero (deleted)", "Device", 0)]
    [InlineData("/dev/shm/x", "File", 0)]
    [InlineData("/dev/shm/x (deleted)", "DeletedFile", 0)]
    [InlineData("/memfd:sealed (deleted)", "MemFd", 0)]
    [InlineData("anon_inode:[eventfd]", "EventFd", 0)]
    [InlineData("anon_inode:[eventpoll]", "EventPoll", 0)]
    [InlineData("anon_inode:inotify", "Inotify", 0)]
    [InlineData("anon_inode:[timerfd]", "TimerFd", 0)]
    [InlineData("anon_inode:[signalfd]", "SignalFd", 0)]
    [InlineData("/secretmem (deleted)", "MemFd", 0)]
    [InlineData("/srv/secretmem (deleted)", "DeletedFile", 0)]
    [InlineData("/dmabuf:vulkan", "Other", 0)]
    [InlineData("anon_inode:[io_uring]", "IoUring", 0)]
    [InlineData("anon_inode:bpf-map", "Other", 0)]
    [InlineData("net:[4026531833]", "Other", 0)]
    [InlineData("", "Other", 0)]
    public void Parse_Target_IsItsTypeAndInode(string target, string kind, ulong inode)
        => Assert.Equal(new FdLink(Enum.Parse<FdKind>(kind), inode), FdLink.Parse(Encoding.ASCII.GetBytes(target)));

    [Fact]
    public void Parse_AnyBytes_NeverThrows()
        => Hostile.NeverThrows(
            "anon_inode:[eventpoll]",
            static target =>
            {
                _ = FdLink.Parse(target);
                return true;
            });
}
