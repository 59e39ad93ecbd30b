// threads MODE NAME: a process that holds descriptors where a listing of /proc/PID/fd does not show them. It reads commands,
// one per line, answers each with "done N TID", and ends with its input or after five minutes.
//   alone    the main thread runs the commands
//   shared   another thread does, which shares its descriptor table
//   own      another thread does, which has its own table
//   leader   another thread does, and the main thread has ended
// Commands: "open COUNT" opens /dev/null, "leak COUNT" makes sockets in CLOSE_WAIT, "limit COUNT" sets RLIMIT_NOFILE, "close"
// closes all but its input and output, "thread" starts a waiting one, "own" unshares the table, "pass" leaves the input to
// a new thread and ends this one.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int commands, owns;

static void check(int ok, const char *what)
{
    if (!ok) {
        perror(what);
        _exit(1);
    }
}

static void leak(int count)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    check(bind(listener, (void *)&address, sizeof address) == 0 && listen(listener, 128) == 0, "listen");
    getsockname(listener, (void *)&address, &size);
    while (count-- > 0) {
        char end;
        int caller = socket(AF_INET, SOCK_STREAM, 0);
        check(connect(caller, (void *)&address, sizeof address) == 0, "connect");
        close(accept(listener, 0, 0));
        check(read(caller, &end, 1) == 0, "read");
    }
    close(listener);
}

static void *wait_for_end(void *unused)
{
    for (;;) pause();
    return unused;
}

static void start(void *(*work)(void *))
{
    pthread_t thread;
    check(pthread_create(&thread, 0, work, 0) == 0, "pthread_create");
    pthread_detach(thread);
}

static void done(void)
{
    printf("done %d %d\n", commands++, (int)syscall(SYS_gettid));
    fflush(stdout);
}

static void *obey(void *unused)
{
    char line[64];
    if (owns) check(unshare(CLONE_FILES) == 0, "unshare");
    owns = 0;
    done();
    while (fgets(line, sizeof line, stdin)) {
        char *space = strchr(line, ' ');
        int count = space ? atoi(space) : 0;
        if (!strncmp(line, "open", 4)) while (count-- > 0) check(open("/dev/null", O_RDONLY) >= 0, "open");
        else if (!strncmp(line, "leak", 4)) leak(count);
        else if (!strncmp(line, "limit", 5)) check(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ count, count }) == 0, "setrlimit");
        else if (!strncmp(line, "close", 5)) close_range(3, ~0U, 0);
        else if (!strncmp(line, "thread", 6)) start(wait_for_end);
        else if (!strncmp(line, "own", 3)) check(unshare(CLONE_FILES) == 0, "unshare");
        else if (!strncmp(line, "pass", 4)) {
            start(obey);
            syscall(SYS_exit, 0);
        }
        done();
    }
    _exit(0);
    return unused;
}

int main(int argc, char **argv)
{
    check(argc == 3, "usage: threads MODE NAME");
    prctl(PR_SET_NAME, argv[2]);
    close_range(3, ~0U, 0);
    alarm(300);
    owns = !strcmp(argv[1], "own");
    if (!strcmp(argv[1], "alone")) obey(0);
    start(obey);
    if (!strcmp(argv[1], "leader")) syscall(SYS_exit, 0);
    wait_for_end(0);
    return 0;
}
