/* Preloaded into a Python process: makes the n-th system call on files below a folder fail, as a broken disk would. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static char folder[PATH_MAX];
static int number = 0;  /* calls so far */
static int nth = 0;     /* the one that fails; 0: none */
static int forever = 0; /* and all after it */
static int error = 0;
static int failed = 0;
static char last[64];

/* Called from the test through ctypes. */
void arm(const char *below, int which, int code, int and_all_after) {
    snprintf(folder, sizeof folder, "%s", below);
    number = 0; failed = 0; nth = which; error = code; forever = and_all_after; last[0] = 0;
}
int disarm(void) { nth = 0; return failed; }
int calls(void) { return number; }
const char *last_failed(void) { return last; }

static int below_path(const char *path) { return nth && path && folder[0] && strncmp(path, folder, strlen(folder)) == 0; }
static int below_fd(int fd) {
    char link[64], path[PATH_MAX];
    if (!nth) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return below_path(path);
}
static int fails(int ours, const char *name) {
    if (!ours) return 0;
    number++;
    if (number == nth || (forever && number > nth)) {
        failed++;
        if (!last[0]) snprintf(last, sizeof last, "%s", name);
        errno = error;
        return 1;
    }
    return 0;
}
#define REAL(kind, name, ...) static kind (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, name)

#define OPEN(NAME) \
int NAME(const char *path, int flags, ...) { \
    REAL(int, #NAME, const char *, int, ...); \
    va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
    if (fails(below_path(path), #NAME)) return -1; \
    return real(path, flags, mode); }
OPEN(open)
OPEN(open64)
#define OPENAT(NAME) \
int NAME(int at, const char *path, int flags, ...) { \
    REAL(int, #NAME, int, const char *, int, ...); \
    va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
    if (fails(below_path(path), #NAME)) return -1; \
    return real(at, path, flags, mode); }
OPENAT(openat)
OPENAT(openat64)

/* A full disk takes a part of what is written before it fails. */
ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    if (fails(below_fd(fd), "write")) { int kept = errno; if (size > 1) (void)!real(fd, data, size / 2); errno = kept; return -1; }
    return real(fd, data, size);
}
#define PWRITE(NAME, OFFSET) \
ssize_t NAME(int fd, const void *data, size_t size, OFFSET at) { \
    REAL(ssize_t, #NAME, int, const void *, size_t, OFFSET); \
    if (fails(below_fd(fd), #NAME)) { int kept = errno; if (size > 1) (void)!real(fd, data, size / 2, at); errno = kept; return -1; } \
    return real(fd, data, size, at); }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)
#define ON_FD(NAME) \
int NAME(int fd) { REAL(int, #NAME, int); if (fails(below_fd(fd), #NAME)) return -1; return real(fd); }
ON_FD(fsync)
ON_FD(fdatasync)
#define TRUNCATE(NAME, OFFSET) \
int NAME(int fd, OFFSET size) { REAL(int, #NAME, int, OFFSET); if (fails(below_fd(fd), #NAME)) return -1; return real(fd, size); }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)
int fchmod(int fd, mode_t mode) { REAL(int, "fchmod", int, mode_t); if (fails(below_fd(fd), "fchmod")) return -1; return real(fd, mode); }
int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    if (fails(below_path(to), "rename")) return -1;
    return real(from, to);
}
int renameat(int a, const char *from, int b, const char *to) {
    REAL(int, "renameat", int, const char *, int, const char *);
    if (fails(below_path(to), "renameat")) return -1;
    return real(a, from, b, to);
}
#define ON_PATH(NAME) \
int NAME(const char *path) { REAL(int, #NAME, const char *); if (fails(below_path(path), #NAME)) return -1; return real(path); }
ON_PATH(unlink)
int mkdir(const char *path, mode_t mode) { REAL(int, "mkdir", const char *, mode_t); if (fails(below_path(path), "mkdir")) return -1; return real(path, mode); }
