/*
 * kernel-faults CONTROL PROGRAM [ARGUMENT...]: becomes PROGRAM, whose system calls a child of it may answer in the kernel's
 * place, by seccomp's user notification (seccomp_unotify(2)). So a test can simulate a failing kernel without harm to other
 * programs on the machine. CONTROL, a file of 64-bit numbers that the test writes while PROGRAM runs, says what to do:
 *
 *   0  1: the machine's table of file handles is full (ENFILE) once PROGRAM holds [1] descriptors
 *   1  so many
 *   2  1: another process takes each handle that PROGRAM closes
 *   3  netlink: 1 is forbidden, as by a filter on address families; 2 every dump is interrupted; 3 every reply is truncated
 *   4  how many system calls were answered in the kernel's place (written by the child)
 *
 * With KERNEL_FAULTS_READS in the environment, also the reads of a scan: openat, statx, readlinkat below a folder that is held
 * open, getdents64 and read of files below /proc, and calls to netlink:
 *
 *   5  the call this many calls from now fails, once (ENFILE where it opens something, else EIO); 0 for none
 *   6  how many there were (written by the child)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifdef __aarch64__
#define ARCH AUDIT_ARCH_AARCH64
#else
#define ARCH AUDIT_ARCH_X86_64
#endif

enum { TABLE_FULL, TABLE_SIZE, THIEVES, NETLINK, ANSWERED, FAILING, READS };
enum { FORBIDDEN = 1, INTERRUPTED, CUT_OFF };

static volatile int64_t *control;
static pid_t program;
static int watches_reads;

static void die(const char *what)
{
    perror(what);
    exit(127);
}

static int install(void)
{
    static const int watched[] = {
        __NR_openat, __NR_socket, __NR_accept4, __NR_eventfd2, __NR_epoll_create1, __NR_memfd_create, __NR_pipe2, __NR_sendto, __NR_recvfrom,
        __NR_statx, __NR_readlinkat, __NR_getdents64, __NR_read,
    };
    enum { ALL = sizeof watched / sizeof *watched };
    int count = watches_reads ? ALL : ALL - 4;
    struct sock_filter code[4 + ALL + 2], *next = code;
    *next++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    *next++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
    *next++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    *next++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < count; i++)
        *next++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, watched[i], count - i, 0);
    *next++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    *next++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    struct sock_fprog filter = {.len = next - code, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        die("no_new_privs");
    int listener = syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
    if (listener < 0)
        die("seccomp");
    return listener;
}

static void pass(int channel, int fd)
{
    union { struct cmsghdr header; char room[CMSG_SPACE(sizeof(int))]; } u = {0};
    char byte = 0;
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = u.room, .msg_controllen = sizeof u.room};
    u.header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
    memcpy(CMSG_DATA(&u.header), &fd, sizeof fd);
    if (sendmsg(channel, &message, 0) != 1)
        die("sendmsg");
}

static int take(int channel)
{
    union { struct cmsghdr header; char room[CMSG_SPACE(sizeof(int))]; } u = {0};
    char byte;
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = u.room, .msg_controllen = sizeof u.room};
    int fd = -1;
    if (recvmsg(channel, &message, 0) == 1)
        memcpy(&fd, CMSG_DATA(&u.header), sizeof fd);
    return fd;
}

/* Since Linux 6.2 the size of the folder is the number of descriptors. */
static int64_t descriptors(void)
{
    char path[64];
    struct stat folder;
    snprintf(path, sizeof path, "/proc/%d/fd", program);
    return stat(path, &folder) == 0 ? folder.st_size : 0;
}

static int is_full(void)
{
    if (!control[TABLE_FULL])
        return 0;
    int64_t now = descriptors();
    if (control[THIEVES] && now < control[TABLE_SIZE])
        control[TABLE_SIZE] = now;
    return now >= control[TABLE_SIZE];
}

/* PROGRAM's own socket, if it is a netlink socket; -1 if not. */
static int netlink_of(int fd)
{
    int pid = syscall(__NR_pidfd_open, program, 0);
    int copy = syscall(__NR_pidfd_getfd, pid, fd, 0);
    int domain = 0;
    socklen_t length = sizeof domain;
    close(pid);
    if (copy >= 0 && getsockopt(copy, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_NETLINK)
        return copy;
    if (copy >= 0)
        close(copy);
    return -1;
}

static void receive(const struct seccomp_notif *call, struct seccomp_notif_resp *answer, int socket)
{
    static char buffer[256 * 1024];
    size_t room = call->data.args[2] < sizeof buffer ? call->data.args[2] : sizeof buffer;
    ssize_t length = recv(socket, buffer, room, call->data.args[3]);
    if (length < 0) {
        answer->error = -errno;
        return;
    }
    if (control[NETLINK] == INTERRUPTED)
        ((struct nlmsghdr *)buffer)->nlmsg_flags |= NLM_F_DUMP_INTR;
    else if (length > 4)
        length -= 4;
    struct iovec ours = {buffer, length}, theirs = {(void *)call->data.args[1], length};
    answer->val = process_vm_writev(call->pid, &ours, 1, &theirs, 1, 0);
}

static int is_below_proc(int fd)
{
    char link[64], target[16];
    snprintf(link, sizeof link, "/proc/%d/fd/%d", program, fd);
    ssize_t length = readlink(link, target, sizeof target);
    return length > 6 && memcmp(target, "/proc/", 6) == 0;
}

static int is_netlink(int fd)
{
    int socket = netlink_of(fd);
    if (socket >= 0)
        close(socket);
    return socket >= 0;
}

/* The error of a read that a scan may make; 0 for any other call. */
static int error_of_read(const struct seccomp_notif *call)
{
    int first = call->data.args[0];
    switch (call->data.nr) {
    case __NR_openat:
        return first >= 0 ? ENFILE : 0;
    case __NR_statx:
    case __NR_readlinkat:
        return first >= 0 ? EIO : 0;
    case __NR_getdents64:
    case __NR_read:
        return is_below_proc(first) ? EIO : 0;
    case __NR_socket:
        return first == AF_NETLINK ? ENFILE : 0;
    case __NR_sendto:
    case __NR_recvfrom:
        return is_netlink(first) ? EIO : 0;
    default:
        return 0;
    }
}

static void decide(const struct seccomp_notif *call, struct seccomp_notif_resp *answer)
{
    int socket, error = watches_reads ? error_of_read(call) : 0;
    if (error != 0) {
        control[READS]++;
        if (control[FAILING] > 0 && --control[FAILING] == 0) {
            answer->error = -error;
            answer->flags = 0;
            control[ANSWERED]++;
            return;
        }
    }

    switch (call->data.nr) {
    case __NR_sendto:
        if (control[NETLINK] == FORBIDDEN && (socket = netlink_of(call->data.args[0])) >= 0) {
            close(socket);
            answer->error = -EPERM;
        }
        break;
    case __NR_recvfrom:
        if (control[NETLINK] > FORBIDDEN && (socket = netlink_of(call->data.args[0])) >= 0) {
            receive(call, answer, socket);
            close(socket);
            answer->flags = 0;
        }
        break;
    case __NR_socket:
        if (control[NETLINK] == FORBIDDEN && call->data.args[0] == AF_NETLINK) {
            answer->error = -EAFNOSUPPORT;
            break;
        }
        /* fall through */
    default:
        if (is_full())
            answer->error = -ENFILE;
        break;
    }
    if (answer->error != 0)
        answer->flags = 0;
    if (answer->flags == 0)
        control[ANSWERED]++;
}

static int serve(int listener)
{
    struct pollfd watched = {.fd = listener, .events = POLLIN};
    while (poll(&watched, 1, -1) >= 0 || errno == EINTR) {
        struct seccomp_notif call = {0};
        struct seccomp_notif_resp answer = {0};
        if (watched.revents & POLLHUP)
            return 0;
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0)
            continue;
        answer.id = call.id;
        answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        decide(&call, &answer);
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
    }
    return 1;
}

int main(int argc, char **argv)
{
    int channel[2], file;
    if (argc < 3 || (file = open(argv[1], O_RDWR | O_CLOEXEC)) < 0)
        die("usage: kernel-faults CONTROL PROGRAM [ARGUMENT...]");
    control = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (control == MAP_FAILED || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0)
        die("prepare");
    program = getpid();
    watches_reads = getenv("KERNEL_FAULTS_READS") != NULL;
    if (fork() == 0) {
        /* Descriptors of the tests kept open here would make them wait for its end. */
        close_range(0, channel[1] - 1, 0);
        close_range(channel[1] + 1, ~0U, 0);
        int listener = take(channel[1]);
        return listener < 0 ? 1 : serve(listener);
    }
    close(channel[1]);
    int listener = install();
    pass(channel[0], listener);
    close(listener);
    close(channel[0]);
    execvp(argv[2], argv + 2);
    die(argv[2]);
}
