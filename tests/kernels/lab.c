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
#include <errno.h>
#include <fcntl.h>
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

// Connections to one port, or from clients.
struct peers {
    int port, most, count;
    int sockets[128];
};

static int events; // an epoll instance
static volatile sig_atomic_t is_leaking;

static void begin_to_leak(int signal)
{
    (void)signal;
    is_leaking = 1;
}

static void watch(int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    check(epoll_ctl(events, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

static void add(struct peers *peers, int fd)
{
    peers->sockets[peers->count++] = fd;
    watch(fd);
}

static void close_at(struct peers *peers, int i)
{
    close(peers->sockets[i]);
    peers->sockets[i] = peers->sockets[--peers->count];
}

// Whether it is still connected.
static int read_all(int fd)
{
    char bytes[64];
    ssize_t length;
    while ((length = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
        ;
    return length < 0 && errno == EAGAIN;
}

static void ask(int fd)
{
    send(fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

// Between 70 % and all of them, in a wave of 40 minutes; a byte to each.
static void use(struct peers *peers, int minute)
{
    int wanted = peers->most * (70 + 3 * abs(minute % 40 - 20) / 2) / 100;
    while (peers->count > wanted)
        close_at(peers, peers->count - 1);
    while (peers->count < wanted) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(peers->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int client = socket(AF_INET, SOCK_STREAM, 0);
        while (connect(client, (void *)&address, sizeof address))
            usleep(10000); // the server has not started yet
        add(peers, client);
    }
    for (int i = 0; i < peers->count; i++)
        ask(peers->sockets[i]);
}

// The first are the clients, which get an answer.
static void read_from(int fd, struct peers *peers, int length)
{
    int is_connected = read_all(fd);
    for (int i = 0; i < length; i++)
        for (int j = 0; j < peers[i].count; j++)
            if (peers[i].sockets[j] == fd) {
                if (!is_connected)
                    close_at(&peers[i], j);
                else if (i == 0)
                    ask(fd);
                return;
            }
}

static void serve_for_a_minute(int listener, struct peers *peers, int length)
{
    for (time_t until = time(NULL) / 60 * 60 + 60, now; (now = time(NULL)) < until;) {
        struct epoll_event event;
        if (epoll_wait(events, &event, 1, 1000 * (until - now)) <= 0)
            continue;
        if (event.data.fd != listener) {
            int count = peers[0].count;
            read_from(event.data.fd, peers, length);
            if (count == peers[0].most && peers[0].count < count)
                watch(listener);
        } else {
            int client = accept(listener, NULL, NULL);
            if (client < 0)
                continue; // another process was first
            add(&peers[0], client);
            if (peers[0].count == peers[0].most)
                epoll_ctl(events, EPOLL_CTL_DEL, listener, NULL);
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
    check(pipe(pipes) || eventfd(0, 0) < 0 || (events = epoll_create1(0)) < 0, "pipe, eventfd, epoll_create1");
}

static void serve(int argc, char **argv)
{
    static struct peers peers[8];
    int processes = atoi(argv[2]), files = atoi(argv[3]), listener = -1, length = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[4]))};
    struct sockaddr_in remote = {.sin_family = AF_INET, .sin_port = htons(443), .sin_addr.s_addr = inet_addr("192.168.121.44")};
    peers[0].most = atoi(argv[5]);
    for (int i = 6; i + 1 < argc; i += 2)
        peers[length++] = (struct peers){.port = atoi(argv[i]), .most = atoi(argv[i + 1])};
    memset(argv[1], 0, argv[argc - 1] + strlen(argv[argc - 1]) - argv[1]); // a usual server has other arguments
    signal(SIGUSR1, begin_to_leak);
    if (address.sin_port != 0) {
        listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        check(bind(listener, (void *)&address, sizeof address) || listen(listener, 128), "listen");
    }
    for (int i = 1; i < processes && fork() != 0; i++)
        ;
    open_files(argv[0], files);
    if (listener >= 0)
        watch(listener);
    for (;;) {
        int minute = time(NULL) / 60;
        for (int i = 1; i < length; i++)
            use(&peers[i], minute);
        if (is_leaking)
            close_wait(remote, 20 + minute % 9);
        serve_for_a_minute(listener, peers, length);
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
