// Situations for the guest of tests/kernels/boot, which has neither .NET nor LeakLab:
//
//   lab close-wait NAME UID COUNT     a program whose peer closed COUNT connections that it keeps
//   lab hold NAME UID COUNT           a program with COUNT eventfds
//   lab idle NAME UID COUNT           a program with COUNT connections to port 5432 over which nothing comes, and one more
//                                     every five minutes
//
// Each prints its pid when all is open, and keeps running. Its limit of descriptors is twice the COUNT.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static void check(int failed, const char *what)
{
    if (failed) {
        perror(what);
        _exit(1);
    }
}

static void become(const char *name, int uid, int count)
{
    struct rlimit limit = {2 * count, 2 * count};
    check(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
    check(setgid(uid) || setuid(uid), "setuid");
    check(prctl(PR_SET_NAME, name), "prctl(PR_SET_NAME)");
    // As after exec: otherwise its files in /proc would be root's.
    check(prctl(PR_SET_DUMPABLE, 1), "prctl(PR_SET_DUMPABLE)");
}

static void close_wait(int count)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    check(bind(listener, (void *)&address, length) || listen(listener, 1) || getsockname(listener, (void *)&address, &length), "listen");
    for (int i = 0; i < count; i++) {
        int client = socket(AF_INET, SOCK_STREAM, 0);
        check(client < 0 || connect(client, (void *)&address, length), "connect");
        int peer = accept(listener, NULL, NULL);
        char end;
        check(peer < 0 || close(peer) || read(client, &end, 1) != 0, "read");
    }
    close(listener);
}

static struct sockaddr_in database(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(5432), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    check(bind(listener, (void *)&address, sizeof address) || listen(listener, 1), "listen");
    pid_t pid = fork();
    check(pid < 0, "fork");
    if (pid == 0) {
        become("database", 0, 10000);
        close(1);
        for (;;)
            check(accept(listener, NULL, NULL) < 0, "accept");
    }
    close(listener);
    return address;
}

static void connect_to(struct sockaddr_in address)
{
    int client = socket(AF_INET, SOCK_STREAM, 0);
    check(client < 0 || connect(client, (void *)&address, sizeof address), "connect");
}

static void hold(int count)
{
    for (int i = 0; i < count; i++)
        check(eventfd(0, EFD_CLOEXEC) < 0, "eventfd");
}

int main(int argc, char **argv)
{
    int pipes[2];
    char done;
    if (argc != 5 || pipe(pipes))
        return 2;
    pid_t pid = fork();
    if (pid > 0) {
        close(pipes[1]);
        if (read(pipes[0], &done, 1) != 1)
            return 1;
        printf("%d\n", pid);
        return 0;
    }
    close(pipes[0]);
    setsid();
    int is_idle = strcmp(argv[1], "idle") == 0;
    struct sockaddr_in address = is_idle ? database() : (struct sockaddr_in){0};
    become(argv[2], atoi(argv[3]), atoi(argv[4]));
    if (strcmp(argv[1], "close-wait") == 0)
        close_wait(atoi(argv[4]));
    else if (is_idle)
        for (int i = 0; i < atoi(argv[4]); i++)
            connect_to(address);
    else
        hold(atoi(argv[4]));
    check(write(pipes[1], "", 1) != 1, "write");
    close(pipes[1]);
    close(1);
    while (is_idle) {
        sleep(300);
        connect_to(address);
    }
    for (;;)
        pause();
}
