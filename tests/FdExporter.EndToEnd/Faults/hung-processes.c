/*
 * hung-processes COUNT [exec]: a file server that answers no WRITE (FUSE, in a mount namespace of its own), and COUNT processes that
 * put another mapping over a page of its file which they have changed. The kernel writes the page back while it holds the lock
 * of their memory maps, so that readers of their command lines wait as long. Prints "hanging" when all of them hang. Ends
 * itself, the server and so the waiting when its input ends, and at the latest after two minutes. With exec each has a second
 * process of the same memory, with a socket that is not connected, that hangs in execve: requests for its descriptors
 * (pidfd_getfd, kcmp) wait as well.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOT = 1, FILE_NODE = 2, PAGE = 4096, MOST = 256 };

static void die(const char *what)
{
    perror(what);
    exit(127);
}

static struct fuse_attr attributes(uint64_t node)
{
    return (struct fuse_attr){
        .ino = node, .mode = node == ROOT ? S_IFDIR | 0755 : S_IFREG | 0666, .nlink = 1, .size = node == ROOT ? 0 : MOST * PAGE, .blksize = PAGE};
}

static void answer(int device, uint64_t unique, int error, const void *body, size_t length)
{
    static char message[sizeof(struct fuse_out_header) + MOST * PAGE];
    struct fuse_out_header header = {sizeof header + length, error, unique};
    memcpy(message, &header, sizeof header);
    memcpy(message + sizeof header, body, length);
    if (write(device, message, header.len) < 0 && errno != ENOENT)
        die("answer");
}

static void serve(int device)
{
    static char request[MOST * PAGE + PAGE], zeros[MOST * PAGE];
    for (;;) {
        if (read(device, request, sizeof request) < 0) {
            if (errno == EINTR || errno == ENOENT)
                continue;
            exit(0);
        }

        struct fuse_in_header *header = (struct fuse_in_header *)request;
        void *body = header + 1;
        switch (header->opcode) {
        case FUSE_INIT: {
            struct fuse_init_out out = {.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = MOST * PAGE, .max_readahead = MOST * PAGE, .max_background = 16};
            answer(device, header->unique, 0, &out, sizeof out);
            break;
        }
        case FUSE_LOOKUP: {
            struct fuse_entry_out out = {.nodeid = FILE_NODE, .attr = attributes(FILE_NODE), .entry_valid = 600, .attr_valid = 600};
            answer(device, header->unique, 0, &out, sizeof out);
            break;
        }
        case FUSE_GETATTR:
        case FUSE_SETATTR: {
            struct fuse_attr_out out = {.attr_valid = 600, .attr = attributes(header->nodeid)};
            answer(device, header->unique, 0, &out, sizeof out);
            break;
        }
        case FUSE_OPEN: {
            struct fuse_open_out out = {.fh = 1, .open_flags = FOPEN_KEEP_CACHE};
            answer(device, header->unique, 0, &out, sizeof out);
            break;
        }
        case FUSE_READ:
            answer(device, header->unique, 0, zeros, ((struct fuse_read_in *)body)->size);
            break;
        case FUSE_WRITE:
        case FUSE_FORGET:
        case FUSE_BATCH_FORGET:
        case FUSE_INTERRUPT:
            break;
        default:
            answer(device, header->unique, -ENOSYS, NULL, 0);
        }
    }
}

static int become_another(void *unused)
{
    (void)unused;
    usleep(300000);
    execl("/bin/sleep", "sleep", "1", NULL);
    _exit(127);
}

static void hang(int file, int number, int at, int with_exec)
{
    char name[16];
    snprintf(name, sizeof name, "hung-%d", number);
    prctl(PR_SET_NAME, name);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, at * PAGE);
    if (page == MAP_FAILED)
        die("mmap");
    page[0] = 1;
    static char stack[64 * 1024];
    if (with_exec && (socket(AF_INET, SOCK_STREAM, 0) < 0 || clone(become_another, stack + sizeof stack, CLONE_VM | SIGCHLD, NULL) < 0))
        die("clone");
    mmap(page, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    for (;;)
        pause();
}

static int waits(pid_t pid)
{
    char path[32], text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *stat = fopen(path, "r");
    int length = stat ? fread(text, 1, sizeof text - 1, stat) : 0;
    if (stat)
        fclose(stat);
    text[length] = 0;
    char *end = strrchr(text, ')');
    return end && end[2] == 'D';
}

static int stays(pid_t pid)
{
    for (int i = 0; i < 5; i++, usleep(2000))
        if (!waits(pid))
            return 0;
    return 1;
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 1;
    pid_t children[MOST];
    if (count < 1 || count > MOST)
        return 2;
    char folder[] = "/tmp/hung-XXXXXX", options[64], path[64];
    if (mkdtemp(folder) == NULL || unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        die("namespace");
    int device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (device < 0)
        die("/dev/fuse");
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=%d,group_id=%d,allow_other", device, getuid(), getgid());
    if (mount("fuse", folder, "fuse", MS_NOSUID | MS_NODEV, options) != 0)
        die("mount");
    pid_t server = fork();
    if (server == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        alarm(120);
        serve(device);
    }

    close(device);
    snprintf(path, sizeof path, "%s/file", folder);
    int file = open(path, O_RDWR);
    if (file < 0)
        die(path);
    // A waiting process may only be reading its page; and a page that the kernel is writing back already lets its process continue.
    int made = 0;
    for (int i = 0; i < count; i++)
        children[i] = 0;
    for (int missing = count; missing > 0;) {
        for (int i = 0; i < count; i++)
            if (children[i] == 0 && (children[i] = fork()) == 0)
                hang(file, i, made + i, argc > 2);
        made += count;
        usleep(200000);
        missing = 0;
        for (int i = 0; i < count; i++)
            if (!stays(children[i]) && made + count <= MOST) {
                kill(children[i], SIGKILL);
                children[i] = 0;
                missing++;
            }
    }
    if (argc > 2)
        usleep(600000);
    puts("hanging");
    fflush(stdout);
    char byte;
    alarm(120);
    (void)!read(0, &byte, 1);
    kill(server, SIGKILL);
    for (int i = 0; i < count; i++)
        kill(children[i], SIGKILL);
    while (wait(NULL) > 0)
        ;
    umount2(folder, MNT_DETACH);
    rmdir(folder);
    return 0;
}
