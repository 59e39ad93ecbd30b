/*
 * many-namespaces UID COUNT: becomes that user, who has COUNT processes, each in a user and a network namespace of its own. Prints
 * "ready" when they are running; they end with its input, and at the latest after two minutes.
 */
#define _GNU_SOURCE
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(127);
}

int main(int argc, char **argv)
{
    static pid_t children[4096];
    int ready[2], count = argc > 2 ? atoi(argv[2]) : 0;
    if (count < 1 || count > 4096 || pipe(ready) != 0)
        return 2;
    if (setgroups(0, NULL) != 0 || setgid(atoi(argv[1])) != 0 || setuid(atoi(argv[1])) != 0)
        die("become");
    for (int i = 0; i < count; i++) {
        if ((children[i] = fork()) < 0)
            die("fork");
        if (children[i] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
                die("unshare");
            char byte = 0;
            (void)!write(ready[1], &byte, 1);
            alarm(120);
            pause();
            exit(0);
        }
    }

    char byte;
    for (int i = 0; i < count; i++)
        if (read(ready[0], &byte, 1) != 1)
            die("ready");
    puts("ready");
    fflush(stdout);
    alarm(120);
    (void)!read(0, &byte, 1);
    for (int i = 0; i < count; i++)
        kill(children[i], SIGKILL);
    while (wait(NULL) > 0)
        ;
    return 0;
}
