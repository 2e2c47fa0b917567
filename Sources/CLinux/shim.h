// Linux system calls that Swift's Glibc module does not show: epoll, eventfd, timerfd, accept4 and renameat2.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

struct sockaddr;

// Declared under a name of its own: glibc shows accept4 only with _GNU_SOURCE, under which types shared with Swift's
// Glibc module would come out different from there.
int accept_connection(int listener, struct sockaddr *address, unsigned int *length, int flags) __asm__("accept4");

// Swaps two names in one step; declared under a name of its own for the same reason.
int exchange_names(int from_folder, const char *from, int to_folder, const char *to, unsigned int flags) __asm__("renameat2");
