// Makes descriptors that are no handles, handles that are no descriptors, and processes that hold neither:
//   handles prefork FILES CHILDREN   that many eventfds, pipes and sockets in turn, inherited by the children
//   handles dup FILES COPIES         that many eventfds, each with as many descriptors more
//   handles mapped FILES             that many files that were opened, mapped and closed
//   handles zombies CHILDREN         children that have ended and are not waited for
// Prints "ready" and ends with its input; the children end with it.
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void open_one(int i)
{
    int pair[2];
    switch (i % 3) {
    case 0:
        if (eventfd(0, 0) < 0)
            err(1, "eventfd");
        break;
    case 1:
        // One end of it is one file.
        if (pipe(pair) < 0 || close(pair[1]) < 0)
            err(1, "pipe");
        break;
    default:
        if (socket(AF_UNIX, SOCK_STREAM, 0) < 0)
            err(1, "socket");
    }
}

static void fork_one(int ends)
{
    pid_t parent = getpid();
    pid_t child = fork();
    if (child < 0)
        err(1, "fork");
    if (child == 0) {
        if (ends)
            _exit(0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (getppid() == parent)
            pause();
        _exit(0);
    }
    siginfo_t info;
    if (ends && waitid(P_PID, child, &info, WEXITED | WNOWAIT) < 0)
        err(1, "waitid");
}

int main(int argc, char **argv)
{
    if (argc < 3)
        errx(2, "prefork FILES CHILDREN | dup FILES COPIES | mapped FILES | zombies CHILDREN");
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    int count = atoi(argv[2]), more = argc > 3 ? atoi(argv[3]) : 0;
    for (int i = 0; i < count; i++) {
        if (strcmp(argv[1], "prefork") == 0) {
            open_one(i);
        } else if (strcmp(argv[1], "dup") == 0) {
            int fd = eventfd(0, 0);
            for (int copy = 0; copy < more; copy++)
                if (dup(fd) < 0)
                    err(1, "dup");
        } else if (strcmp(argv[1], "mapped") == 0) {
            int fd = open("/proc/self/exe", O_RDONLY);
            if (fd < 0 || mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED || close(fd) < 0)
                err(1, "mmap");
        } else {
            fork_one(1);
        }
    }
    for (int i = 0; strcmp(argv[1], "prefork") == 0 && i < more; i++)
        fork_one(0);
    puts("ready");
    fflush(stdout);
    while (getchar() != EOF)
        ;
    return 0;
}
