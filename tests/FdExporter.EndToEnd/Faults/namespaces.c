// Makes connections that the peer closed, in a network namespace that no main thread is in.
//
//   carry NAME COUNT    the process makes them there and returns with them to its first namespace
//   thread NAME COUNT   a thread makes them there and stays, alone
//
// Prints "ready net:[NUMBER]" and ends with its input.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int count;

static void check(int ok, const char *what)
{
    if (!ok) {
        perror(what);
        _exit(1);
    }
}

static void make(void)
{
    check(unshare(CLONE_NEWNET) == 0, "unshare");
    int any = socket(AF_INET, SOCK_DGRAM, 0);
    struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
    check(ioctl(any, SIOCSIFFLAGS, &lo) == 0, "lo up");
    close(any);

    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    check(bind(listener, (void *)&address, sizeof address) == 0 && listen(listener, 8) == 0, "listen");
    check(getsockname(listener, (void *)&address, &size) == 0, "getsockname");
    for (int i = 0; i < count; i++) {
        char end;
        int client = socket(AF_INET, SOCK_STREAM, 0);
        check(connect(client, (void *)&address, sizeof address) == 0, "connect");
        close(accept(listener, 0, 0));
        check(read(client, &end, 1) == 0, "read");
    }

    close(listener);
    char link[64] = "";
    check(readlink("/proc/thread-self/ns/net", link, sizeof link - 1) > 0, "readlink");
    printf("ready %s\n", link);
    fflush(stdout);
}

static void *stay(void *unused)
{
    make();
    for (;;)
        pause();
    return unused;
}

int main(int argc, char **argv)
{
    check(argc == 4, "usage");
    count = atoi(argv[3]);
    prctl(PR_SET_NAME, argv[2], 0, 0, 0);
    if (strcmp(argv[1], "thread") == 0) {
        pthread_t thread;
        check(pthread_create(&thread, 0, stay, 0) == 0, "pthread_create");
    } else {
        int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
        make();
        check(setns(home, CLONE_NEWNET) == 0, "setns");
        close(home);
        puts("home");
        fflush(stdout);
    }

    char end;
    return read(0, &end, 1) > 0;
}
