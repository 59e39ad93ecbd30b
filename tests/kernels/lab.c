// Situations for the guest of tests/kernels/boot, which has neither .NET nor LeakLab:
//
//   lab close-wait NAME UID COUNT     a program whose peer closed COUNT connections that it keeps
//   lab hold NAME UID COUNT           a program with COUNT eventfds
//   lab idle NAME UID COUNT           a program with COUNT connections to port 5432 over which nothing comes, and one more
//                                     every five minutes
//
// Each prints its pid when all is open, and keeps running. Its limit of descriptors is twice the COUNT.
//
//   lab server PROCESSES FILES PORT EACH [PORT COUNT]...
//                                     a usual server, with the name, user and limit that it is started with: PROCESSES that each have
//                                     FILES open and accept up to EACH connections on PORT (0 for none), and connect up to COUNT times
//                                     to another PORT. Connections are used every minute, and their number varies. From SIGUSR1 on it
//                                     leaks about 24 sockets a minute to 192.168.121.44:443 in CLOSE_WAIT
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
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

// With port 0 at a free one.
static void close_wait(struct sockaddr_in address, int count)
{
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1; // the port is in use by the connections of the last time
    check(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "SO_REUSEADDR");
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

// Connections to or from one port.
struct peers {
    int port, most, count;
    int sockets[128];
};

static volatile sig_atomic_t is_leaking;

static void begin_to_leak(int signal)
{
    (void)signal;
    is_leaking = 1;
}

// Reads what came, and sends a byte.
static void use(struct peers *peers)
{
    for (int i = 0; i < peers->count; i++) {
        int fd = peers->sockets[i];
        char bytes[64];
        ssize_t length;
        while ((length = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
            ;
        if (length == 0) {
            close(fd);
            peers->sockets[i--] = peers->sockets[--peers->count];
        } else {
            send(fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
        }
    }
}

// Between 70 % and all of them, in a wave of 40 minutes.
static void vary(struct peers *peers, int minute)
{
    int wanted = peers->most * (70 + 3 * abs(minute % 40 - 20) / 2) / 100;
    while (peers->count > wanted)
        close(peers->sockets[--peers->count]);
    while (peers->count < wanted) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(peers->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int client = socket(AF_INET, SOCK_STREAM, 0);
        while (connect(client, (void *)&address, sizeof address))
            usleep(10000); // the server has not started yet
        peers->sockets[peers->count++] = client;
    }
}

static void wait_for_clients(int listener, struct peers *clients)
{
    for (time_t until = time(NULL) / 60 * 60 + 60, now; (now = time(NULL)) < until;) {
        struct pollfd ready = {.fd = clients->count < clients->most ? listener : -1, .events = POLLIN};
        if (poll(&ready, 1, 1000 * (until - now)) > 0) {
            int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
            if (client >= 0) // else another process was first
                clients->sockets[clients->count++] = client;
        }
    }
}

static void open_files(const char *program, int count)
{
    const char *slash = strrchr(program, '/');
    for (int i = 0; i < count; i++) {
        char path[100];
        snprintf(path, sizeof path, "/var/lib/%s/%04d", slash ? slash + 1 : program, i);
        check(open(path, O_RDWR | O_CREAT, 0600) < 0, path);
    }
    int pipes[2];
    check(pipe(pipes) || epoll_create1(0) < 0 || eventfd(0, 0) < 0, "pipe, epoll, eventfd");
}

static void serve(int argc, char **argv)
{
    static struct peers clients, servers[4];
    int processes = atoi(argv[2]), files = atoi(argv[3]), listener = -1;
    int targets = (argc - 6) / 2;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[4]))};
    struct sockaddr_in remote = {.sin_family = AF_INET, .sin_port = htons(443), .sin_addr.s_addr = inet_addr("192.168.121.44")};
    clients.most = atoi(argv[5]);
    for (int i = 0; i < targets; i++)
        servers[i] = (struct peers){.port = atoi(argv[6 + 2 * i]), .most = atoi(argv[7 + 2 * i])};
    memset(argv[1], 0, argv[argc - 1] + strlen(argv[argc - 1]) - argv[1]); // a usual server has other arguments
    signal(SIGUSR1, begin_to_leak);
    if (address.sin_port != 0) {
        listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        check(bind(listener, (void *)&address, sizeof address) || listen(listener, 128), "listen");
    }
    for (int i = 1; i < processes && fork() != 0; i++)
        ;
    open_files(argv[0], files);
    for (;;) {
        int minute = time(NULL) / 60;
        for (int i = 0; i < targets; i++)
            vary(&servers[i], minute);
        if (is_leaking)
            close_wait(remote, 20 + minute % 9);
        use(&clients);
        for (int i = 0; i < targets; i++)
            use(&servers[i]);
        wait_for_clients(listener, &clients);
    }
}

int main(int argc, char **argv)
{
    int pipes[2];
    char done;
    if (argc >= 6 && strcmp(argv[1], "server") == 0)
        serve(argc, argv);
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
        close_wait((struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, atoi(argv[4]));
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
