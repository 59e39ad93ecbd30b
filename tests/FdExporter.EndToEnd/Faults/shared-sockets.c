/*
 * shared-sockets: sockets that are held more than once, by dup(2) and by fork(2), besides sockets of other kinds and a limit
 * that is nearly reached. Prints "ready PID CHILD CHILD" and waits until its input ends.
 *
 *   the parent   a listener, 4 connections both ends of which it holds but for 3 of the accepted ones: 3 CLOSE_WAIT,
 *                2 ESTABLISHED, 1 LISTEN; the listener and one of each state twice to six times
 *   each child   all of that, inherited, and a connection of its own to the listener of the parent, three times
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_in address = {.sin_family = AF_INET};

static int check(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

static void twice(int fd, int more)
{
    while (more-- > 0)
        check(dup(fd), "dup");
}

static int dial(void)
{
    int fd = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    check(connect(fd, (struct sockaddr *)&address, sizeof address), "connect");
    return fd;
}

/* Enough to nearly reach the limit, so that the exporter reports each process. */
static void limit(void)
{
    int next = check(dup(0), "dup");
    check(close(next), "close");
    struct rlimit files = {.rlim_cur = next + 1, .rlim_max = next + 1};
    check(setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
}

int main(void)
{
    socklen_t length = sizeof address;
    int listener = check(socket(AF_INET, SOCK_STREAM, 0), "socket"), accepted[4], dialled[4], pair[2];
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
    check(listen(listener, 16), "listen");
    check(getsockname(listener, (struct sockaddr *)&address, &length), "getsockname");
    twice(listener, 1);
    for (int i = 0; i < 4; i++) {
        dialled[i] = dial();
        accepted[i] = check(accept(listener, 0, 0), "accept");
    }
    for (int i = 0; i < 3; i++)
        check(close(accepted[i]), "close");
    twice(dialled[0], 5);
    twice(dialled[3], 2);
    twice(accepted[3], 1);

    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int udp = check(socket(AF_INET, SOCK_DGRAM, 0), "udp");
    check(bind(udp, (struct sockaddr *)&any, sizeof any), "bind udp");
    twice(udp, 3);
    check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
    twice(pair[0], 2);
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int local = check(socket(AF_UNIX, SOCK_STREAM, 0), "unix"), size = snprintf(name.sun_path + 1, 90, "shared-sockets-%d", getpid());
    check(bind(local, (struct sockaddr *)&name, sizeof(sa_family_t) + 1 + size), "bind unix");
    check(listen(local, 1), "listen unix");
    struct sockaddr_nl self = {.nl_family = AF_NETLINK};
    int netlink = check(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), "netlink");
    check(bind(netlink, (struct sockaddr *)&self, sizeof self), "bind netlink");

    int children[2], told[2];
    check(pipe(told), "pipe");
    for (int i = 0; i < 2; i++) {
        children[i] = check(fork(), "fork");
        if (children[i] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            twice(dial(), 2);
            limit();
            check(write(told[1], "x", 1), "write");
            pause();
            return 0;
        }
    }
    char done[2];
    for (int got = 0; got < 2;)
        got += check(read(told[0], done, 2), "read");
    limit();
    printf("ready %d %d %d\n", getpid(), children[0], children[1]);
    fflush(stdout);
    while (read(0, done, 1) > 0)
        ;
    kill(children[0], SIGKILL);
    kill(children[1], SIGKILL);
    return 0;
}
