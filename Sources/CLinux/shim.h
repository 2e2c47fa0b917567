// What Swift's Glibc module does not show of Linux and its C library: epoll, eventfd, timerfd, accept4, renameat2, openat2
// and the allocator's settings.
#include <linux/openat2.h>
#include <stddef.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
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

// Pieces up to 32 MiB, the most that can be asked for, come from memory that was freed, of which each of the allocator's
// areas keeps as much. Other C libraries do as they like.
static inline void keep_freed_memory(void) {
#if defined(__GLIBC__)
    const int most = 32 << 20;
    // M_MMAP_THRESHOLD and M_TRIM_THRESHOLD: a module does not show macros of a header that another module has, too.
    mallopt(-3, most);
    mallopt(-1, most);
#endif
}

static inline void give_back_freed_memory(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}
