// What large pieces of memory are made of.
#define _GNU_SOURCE
#include "kernels.h"

#include <stdint.h>
#include <sys/mman.h>

void cv_prefer_large_pages(void *memory, size_t bytes) {
    const uintptr_t size = 2 << 20, first = ((uintptr_t)memory + size - 1) & ~(size - 1);
    const uintptr_t end = ((uintptr_t)memory + bytes) & ~(size - 1);
    // Only advice: where the system has none, nothing is lost.
    if (end > first) (void)madvise((void *)first, end - first, MADV_HUGEPAGE);
}
