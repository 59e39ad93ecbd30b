/*
 * kernel-calls PID FD: makes, on a TCP socket that another user's process holds, each system call that the exporter uses on
 * processes and sockets besides reading files. Prints one line for each: "NAME: ok", or the error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <linux/inet_diag.h>
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

static void say(const char *name, long result)
{
    printf("%s: %s\n", name, result < 0 ? strerror(errno) : "ok");
}

/* A dump of one family: the exporter's way to ask for sockets. */
static void dump(const char *name, const void *request, size_t length)
{
    char message[NLMSG_HDRLEN + 128] = {0}, answer[32768];
    struct nlmsghdr *header = (struct nlmsghdr *)message;
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    header->nlmsg_len = NLMSG_LENGTH(length);
    header->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    memcpy(NLMSG_DATA(header), request, length);
    if (fd < 0 || send(fd, message, header->nlmsg_len, 0) < 0) {
        say(name, -1);
        return;
    }
    long got = recv(fd, answer, sizeof answer, 0);
    header = (struct nlmsghdr *)answer;
    if (got > 0 && header->nlmsg_type == NLMSG_ERROR) {
        errno = -((struct nlmsgerr *)NLMSG_DATA(header))->error;
        got = -1;
    }
    say(name, got);
    close(fd);
}

int main(int argc, char **argv)
{
    int pid = argc == 3 ? atoi(argv[1]) : 0, number = argc == 3 ? atoi(argv[2]) : 0;
    char path[64], name[64];
    struct statx file;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, number);

    /* Two descriptors of one process, of another user. */
    say("kcmp", syscall(SYS_kcmp, pid, pid, KCMP_FILE, number, number));
    int process = syscall(SYS_pidfd_open, pid, 0);
    say("pidfd_open", process);
    int copy = syscall(SYS_pidfd_getfd, process, number, 0);
    say("pidfd_getfd", copy);
    unsigned long long cookie;
    socklen_t length = sizeof cookie;
    say("getsockopt", copy < 0 ? -1 : getsockopt(copy, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &length));
    say("getxattr", getxattr(path, "system.sockprotoname", name, sizeof name));
    say("statx", syscall(SYS_statx, AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_NLINK, &file));
    struct pollfd mounts = {.fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC), .events = POLLPRI};
    say("poll", mounts.fd < 0 ? -1 : poll(&mounts, 1, 0));

    struct inet_diag_req_v2 inet = {.sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP, .idiag_states = ~0u};
    dump("inet_diag", &inet, sizeof inet);
    struct unix_diag_req local = {.sdiag_family = AF_UNIX, .udiag_states = ~0u, .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER};
    dump("unix_diag", &local, sizeof local);
    struct netlink_diag_req netlink = {.sdiag_family = AF_NETLINK, .sdiag_protocol = NDIAG_PROTO_ALL};
    dump("netlink_diag", &netlink, sizeof netlink);
    struct packet_diag_req packet = {.sdiag_family = AF_PACKET};
    dump("packet_diag", &packet, sizeof packet);
    return 0;
}
