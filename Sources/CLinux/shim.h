// Linux system calls that Swift's Glibc module does not show: epoll, eventfd, timerfd, accept4, renameat2 and openat2.
#include <linux/openat2.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>

struct sockaddr;

// Declared under a name of its own: glibc shows accept4 only with _GNU_SOURCE, under which types shared with Swift's
// Glibc module would come out different from there.
int accept_connection(int listener, struct sockaddr *address, unsigned int *length, int flags) __asm__("accept4");

// Swaps two names in one step; declared under a name of its own for the same reason.
int exchange_names(int from_folder, const char *from, int to_folder, const char *to, unsigned int flags) __asm__("renameat2");

// The C library has no openat2; Swift cannot call functions of variable arguments. `number` is SYS_openat2.
long open_how_call(long number, int folder, const char *path, const struct open_how *how, size_t size) __asm__("syscall");
static const long open_how_number = SYS_openat2;
