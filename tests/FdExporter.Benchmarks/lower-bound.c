// The least that any correct exporter must ask of the kernel: a floor to hold the exporter's scrape time against.
//
//   warm (default)  getdents64 of /proc; per process: statx of its fd directory, read of its stat; then every TCP socket
//                   of IPv4 and IPv6 over sock_diag, with struct tcp_info for those in CLOSE_WAIT
//   --cold          also getdents64 and readlinkat of every descriptor of every process
//
// cc -O2 -Wall -Wextra -o lower-bound lower-bound.c && ./lower-bound --repeat 10
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CLOSE_WAIT = 8, ALL_STATES = 0xffe, DIRENT_BUFFER = 32768, NETLINK_BUFFER = 262144 };

struct counts {
    long processes, fds, links, sockets, by_state[16];
};

static _Alignas(8) char netlink_buffer[NETLINK_BUFFER];

static void die(const char *what)
{
    fprintf(stderr, "lower-bound: %s: %s\n", what, strerror(errno));
    exit(1);
}

// Calls visit for each entry whose name is a number; false if the directory is gone or denied.
static int each_number(int parent, const char *name, void (*visit)(int, const char *, struct counts *), struct counts *counts)
{
    _Alignas(8) char buffer[DIRENT_BUFFER];
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t length;
    while ((length = getdents64(fd, buffer, sizeof buffer)) > 0) {
        for (ssize_t at = 0; at < length;) {
            struct dirent64 *entry = (struct dirent64 *)(buffer + at);
            if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
                visit(fd, entry->d_name, counts);
            at += entry->d_reclen;
        }
    }
    close(fd);
    return length == 0;
}

static void visit_link(int directory, const char *name, struct counts *counts)
{
    char target[4096];
    counts->links += readlinkat(directory, name, target, sizeof target) >= 0;
}

// A process that vanishes between two calls is not counted.
static void visit_process(int proc, const char *pid, struct counts *counts)
{
    char path[64], stat[1024];
    struct statx directory;
    snprintf(path, sizeof path, "%s/stat", pid);
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t length = read(fd, stat, sizeof stat);
    close(fd);
    snprintf(path, sizeof path, "%s/fd", pid);
    if (length <= 0 || statx(proc, path, 0, STATX_SIZE, &directory) < 0)
        return;
    counts->processes++;
    counts->fds += (long)directory.stx_size;
}

static void visit_process_links(int proc, const char *pid, struct counts *counts)
{
    char path[64];
    visit_process(proc, pid, counts);
    snprintf(path, sizeof path, "%s/fd", pid);
    each_number(proc, path, visit_link, counts);
}

// One batch of replies; true when the dump is over.
static int take_replies(ssize_t length, struct counts *counts)
{
    for (struct nlmsghdr *h = (struct nlmsghdr *)netlink_buffer; NLMSG_OK(h, length); h = NLMSG_NEXT(h, length)) {
        if (h->nlmsg_type == NLMSG_DONE)
            return 1;
        if (h->nlmsg_type == NLMSG_ERROR) {
            errno = -((struct nlmsgerr *)NLMSG_DATA(h))->error;
            die("sock_diag");
        }
        const struct inet_diag_msg *socket = NLMSG_DATA(h);
        counts->sockets++;
        counts->by_state[socket->idiag_state & 15]++;
    }
    return 0;
}

// The old request type lists IPv4 and IPv6 in one walk of the kernel's table.
static void dump(int netlink, unsigned states, int extensions, struct counts *counts)
{
    struct {
        struct nlmsghdr header;
        struct inet_diag_req body;
    } request = {
        .header = { .nlmsg_len = sizeof request, .nlmsg_type = TCPDIAG_GETSOCK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
        .body = { .idiag_states = states, .idiag_ext = extensions },
    };
    if (send(netlink, &request, sizeof request, 0) < 0)
        die("send");
    for (;;) {
        ssize_t length = recv(netlink, netlink_buffer, sizeof netlink_buffer, MSG_TRUNC);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            die("recv");
        if ((size_t)length > sizeof netlink_buffer) {
            errno = EMSGSIZE;
            die("recv: truncated");
        }
        if (take_replies(length, counts))
            return;
    }
}

static void scan(int proc, int netlink, int cold, struct counts *counts)
{
    memset(counts, 0, sizeof *counts);
    if (!each_number(proc, ".", cold ? visit_process_links : visit_process, counts))
        die("/proc");
    dump(netlink, ALL_STATES & ~(1u << CLOSE_WAIT), 0, counts);
    dump(netlink, 1u << CLOSE_WAIT, 1 << (INET_DIAG_INFO - 1), counts);
}

static double milliseconds(struct timeval end, struct timeval start)
{
    return (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_usec - start.tv_usec) / 1e3;
}

int main(int argc, char **argv)
{
    int repeat = 1, cold = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--cold") == 0)
            cold = 1;
        else if (strcmp(argv[i], "--repeat") != 0 || ++i == argc || (repeat = atoi(argv[i])) < 1) {
            fprintf(stderr, "usage: lower-bound [--cold] [--repeat N]; not understood: %s\n", argv[i < argc ? i : argc - 1]);
            return 1;
        }
    }
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (proc < 0 || netlink < 0)
        die("open");

    struct counts counts;
    struct rusage before, after;
    struct timespec start, end;
    getrusage(RUSAGE_SELF, &before);
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < repeat; i++)
        scan(proc, netlink, cold, &counts);
    clock_gettime(CLOCK_MONOTONIC, &end);
    getrusage(RUSAGE_SELF, &after);

    double wall = (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_nsec - start.tv_nsec) / 1e6;
    printf("mode=%s repeat=%d wall_ms=%.3f user_ms=%.3f sys_ms=%.3f processes=%ld fds=%ld links=%ld tcp_sockets=%ld close_wait=%ld\n",
           cold ? "cold" : "warm", repeat, wall / repeat, milliseconds(after.ru_utime, before.ru_utime) / repeat,
           milliseconds(after.ru_stime, before.ru_stime) / repeat, counts.processes, counts.fds, counts.links, counts.sockets,
           counts.by_state[CLOSE_WAIT]);
    return 0;
}
