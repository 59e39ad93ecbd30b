/*
 * confine [-NAME...] PROGRAM [ARGUMENT...]: becomes PROGRAM, with the effect of systemd's SystemCallFilter=, SystemCallErrorNumber=EPERM,
 * SystemCallArchitectures=native and MemoryDenyWriteExecute=yes, where no systemd runs. Refuses each system call given as
 * -NAME as well. allowed.h has { #name, number } of each allowed call.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __aarch64__
#define ARCH AUDIT_ARCH_AARCH64
#else
#define ARCH AUDIT_ARCH_X86_64
#endif

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

static const struct { const char *name; int number; } allowed[] = {
#include "allowed.h"
};
enum { COUNT = sizeof allowed / sizeof *allowed };

#define DENY BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define LOAD(what) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, what)
/* Refuses CALL if all BITS are set in its argument number N. */
#define WITH(call, n, bits) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 5), \
    LOAD(offsetof(struct seccomp_data, args[n])), \
    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bits), \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, bits, 0, 1), \
    DENY, \
    LOAD(offsetof(struct seccomp_data, nr))

static void die(const char *what)
{
    perror(what);
    exit(127);
}

static void install(struct sock_filter *code, size_t length)
{
    struct sock_fprog filter = {.len = length, .filter = code};
    if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0)
        die("seccomp");
}

int main(int argc, char **argv)
{
    struct sock_filter memory[] = {
        LOAD(offsetof(struct seccomp_data, nr)),
        WITH(__NR_mmap, 2, PROT_WRITE | PROT_EXEC),
        WITH(__NR_mprotect, 2, PROT_EXEC),
        WITH(__NR_pkey_mprotect, 2, PROT_EXEC),
        WITH(__NR_shmat, 2, SHM_EXEC),
        ALLOW,
    };
    struct sock_filter calls[4 + 2 * COUNT + 1], *next = calls;
    int first = 1;
    *next++ = (struct sock_filter)LOAD(offsetof(struct seccomp_data, arch));
    *next++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
    *next++ = (struct sock_filter)DENY;
    *next++ = (struct sock_filter)LOAD(offsetof(struct seccomp_data, nr));
    while (first < argc && argv[first][0] == '-')
        first++;
    if (first == argc)
        die("usage: confine [-NAME...] PROGRAM [ARGUMENT...]");
    for (int i = 0; i < COUNT; i++) {
        int denied = 0;
        for (int j = 1; j < first; j++)
            denied |= strcmp(argv[j] + 1, allowed[i].name) == 0;
        if (denied)
            continue;
        *next++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i].number, 0, 1);
        *next++ = (struct sock_filter)ALLOW;
    }
    *next++ = (struct sock_filter)DENY;

    /* Since Linux 6.3; systemd then requests it too. */
    if (prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) != 0 && errno != EINVAL)
        die("PR_SET_MDWE");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        die("no_new_privs");
    install(memory, sizeof memory / sizeof *memory);
    install(calls, next - calls);
    execvp(argv[first], argv + first);
    die(argv[first]);
}
