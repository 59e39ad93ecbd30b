// The minimum of system calls for a correct exporter: a lower bound to compare the exporter's scrape time with.
//
//   warm (default)  getdents64 of /proc; per process: statx of its fd directory, read of its stat; then one dump of every TCP
//                   socket of IPv4 and IPv6 over sock_diag, without extensions; and one readlinkat for each socket with an
//                   inode that the previous dump did not have
//   --cold          also getdents64 and readlinkat of every descriptor of every process
//   --interval S    seconds from scan to scan, like a scrape interval; 0: no pause
//
// The first scan finds only new sockets, so there is one more scan than requested, and the first does not count. Prints the
// median CPU time of a scan.
//
// cc -O2 -Wall -Wextra -o lower-bound lower-bound.c && ./lower-bound --repeat 10 --interval 1
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CLOSE_WAIT = 8, ALL_STATES = 0xffe, DIRENT_BUFFER = 32768, NETLINK_BUFFER = 262144 };

struct counts {
    long processes, fds, links, sockets, new_sockets, by_state[16];
};

// The number of descriptors of each process in the previous scan, and the process with the most: descriptors of new sockets are
// read there. A number that was not there before costs four times as much: the kernel has no cached name for it.
static struct process {
    char pid[16];
    long fds, before;
} *processes;
static size_t process_count, process_room, process_at;
static struct process *largest;

// Inodes of this dump, and those of the previous dump in a hash table (open addressing, 0 is empty).
static struct {
    uint32_t *list, *known;
    size_t count, room, mask;
} inodes;

static _Alignas(8) char netlink_buffer[NETLINK_BUFFER];

static void die(const char *what)
{
    fprintf(stderr, "lower-bound: %s: %s\n", what, strerror(errno));
    exit(1);
}

// Calls visit for each entry whose name is a number; false if the directory is gone or access is denied.
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

// The kernel lists processes in the order of their pids, each time.
static void note_process(const char *pid, long fds)
{
    long number = atol(pid);
    while (process_at < process_count && atol(processes[process_at].pid) < number)
        memmove(&processes[process_at], &processes[process_at + 1], (--process_count - process_at) * sizeof *processes);
    if (process_at == process_count || atol(processes[process_at].pid) != number) {
        if (process_count == process_room) {
            process_room = process_room ? process_room * 2 : 256;
            if (!(processes = realloc(processes, process_room * sizeof *processes)))
                die("realloc");
        }
        memmove(&processes[process_at + 1], &processes[process_at], (process_count++ - process_at) * sizeof *processes);
        processes[process_at] = (struct process){ .fds = fds };
        snprintf(processes[process_at].pid, sizeof processes->pid, "%s", pid);
    }
    processes[process_at].before = processes[process_at].fds;
    processes[process_at++].fds = fds;
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
    note_process(pid, (long)directory.stx_size);
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
        if (socket->idiag_inode != 0) {
            if (inodes.count == inodes.room) {
                inodes.room = inodes.room ? inodes.room * 2 : 1024;
                if (!(inodes.list = realloc(inodes.list, inodes.room * sizeof *inodes.list)))
                    die("realloc");
            }
            inodes.list[inodes.count++] = socket->idiag_inode;
        }
    }
    return 0;
}

// The old request type lists IPv4 and IPv6 in one walk of the kernel's table.
static void dump(int netlink, struct counts *counts)
{
    struct {
        struct nlmsghdr header;
        struct inet_diag_req body;
    } request = {
        .header = { .nlmsg_len = sizeof request, .nlmsg_type = TCPDIAG_GETSOCK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
        .body = { .idiag_states = ALL_STATES },
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

static uint32_t *slot(uint32_t inode)
{
    size_t at = inode * 2654435761u & inodes.mask;
    while (inodes.known[at] != 0 && inodes.known[at] != inode)
        at = (at + 1) & inodes.mask;
    return &inodes.known[at];
}

// Counts those that the previous dump did not have, and stores this dump in the table. No system call, so this is not measured.
static long count_new(void)
{
    long count = 0;
    for (size_t i = 0; i < inodes.count; i++)
        count += !inodes.known || *slot(inodes.list[i]) == 0;
    free(inodes.known);
    for (inodes.mask = 1024; inodes.mask < inodes.count * 2; inodes.mask *= 2)
        ;
    if (!(inodes.known = calloc(inodes.mask--, sizeof *inodes.known)))
        die("calloc");
    for (size_t i = 0; i < inodes.count; i++)
        *slot(inodes.list[i]) = inodes.list[i];
    return count;
}

static void read_numbers(int proc, const struct process *process, long from, long to, struct counts *counts)
{
    char path[64], target[64];
    snprintf(path, sizeof path, "%s/fd", process->pid);
    int directory = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (long i = from; directory >= 0 && i < to; i++) {
        snprintf(path, sizeof path, "%ld", i);
        counts->links += readlinkat(directory, path, target, sizeof target) >= 0;
    }
    close(directory);
}

// One per new socket: the numbers that a process has more than before, if its table has no gaps; for the remaining sockets,
// which reused numbers, any number of the largest table costs the same.
static void read_links(int proc, struct counts *counts)
{
    long left = counts->new_sockets;
    largest = processes;
    for (struct process *process = processes; process < processes + process_at; process++) {
        largest = process->fds > largest->fds ? process : largest;
        if (left > 0 && process->fds > process->before) {
            long from = process->fds - process->before > left ? process->fds - left : process->before;
            read_numbers(proc, process, from, process->fds, counts);
            left -= process->fds - from;
        }
    }
    for (; left > 0 && largest->fds > 0; left -= largest->fds)
        read_numbers(proc, largest, 0, left < largest->fds ? left : largest->fds, counts);
}

static double milliseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

// Returns the CPU time in milliseconds.
static double scan(int proc, int netlink, int cold, struct counts *counts)
{
    memset(counts, 0, sizeof *counts);
    process_at = 0;
    inodes.count = 0;
    double start = milliseconds(CLOCK_PROCESS_CPUTIME_ID);
    if (!each_number(proc, ".", cold ? visit_process_links : visit_process, counts))
        die("/proc");
    dump(netlink, counts);
    double cpu = milliseconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    counts->new_sockets = count_new();
    if (cold)
        return cpu;
    start = milliseconds(CLOCK_PROCESS_CPUTIME_ID);
    read_links(proc, counts);
    return cpu + milliseconds(CLOCK_PROCESS_CPUTIME_ID) - start;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

int main(int argc, char **argv)
{
    int repeat = 1, cold = 0;
    double interval = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--cold") == 0)
            cold = 1;
        else if (i + 1 == argc || (strcmp(argv[i], "--repeat") == 0 ? (repeat = atoi(argv[++i])) < 1 : strcmp(argv[i], "--interval") != 0 || (interval = atof(argv[++i])) < 0)) {
            fprintf(stderr, "usage: lower-bound [--cold] [--repeat N] [--interval SECONDS]; not understood: %s\n", argv[i]);
            return 1;
        }
    }
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    double *cpu = calloc((size_t)repeat, sizeof *cpu), *wall = calloc((size_t)repeat, sizeof *wall);
    if (proc < 0 || netlink < 0 || !cpu || !wall)
        die("open");

    struct counts counts;
    double sum = 0, begun = milliseconds(CLOCK_MONOTONIC);
    scan(proc, netlink, cold, &counts);
    for (int i = 0; i < repeat; i++) {
        double due = begun + (i + 1) * interval * 1e3 - milliseconds(CLOCK_MONOTONIC);
        if (due > 0)
            nanosleep(&(struct timespec){ .tv_sec = (time_t)(due / 1e3), .tv_nsec = (long)(due * 1e6) % 1000000000 }, NULL);
        double start = milliseconds(CLOCK_MONOTONIC);
        sum += cpu[i] = scan(proc, netlink, cold, &counts);
        wall[i] = milliseconds(CLOCK_MONOTONIC) - start;
    }

    // The figures of the machine are those of the last scan.
    printf("mode=%s repeat=%d interval=%g wall_ms=%.3f cpu_ms=%.3f mean_cpu_ms=%.3f processes=%ld fds=%ld links=%ld tcp_sockets=%ld new_sockets=%ld close_wait=%ld\n",
           cold ? "cold" : "warm", repeat, interval, median(wall, repeat), median(cpu, repeat), sum / repeat, counts.processes,
           counts.fds, counts.links, counts.sockets, counts.new_sockets, counts.by_state[CLOSE_WAIT]);
    return 0;
}
