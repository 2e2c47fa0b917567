// Linux system calls that Swift's Glibc module does not show: epoll, timerfd and accept4.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
