// Linux system calls that Swift's Glibc module does not show: epoll, timerfd and accept4.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

// Declared here and not by _GNU_SOURCE: that would give fd_set another layout than Swift's own Glibc module has.
int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
