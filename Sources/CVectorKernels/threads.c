// What Swift cannot say about threads: these calls are hidden from it or need an instruction.
#define _GNU_SOURCE
#include "kernels.h"

#include <sched.h>

void cv_spin_hint(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

int cv_affinity_count(void) {
    cpu_set_t mask;
    return sched_getaffinity(0, sizeof mask, &mask) == 0 ? CPU_COUNT(&mask) : 0;
}

int cv_pin_to_one_processor(void) {
    cpu_set_t mask;
    const int processor = sched_getcpu();
    if (processor < 0) return 0;
    CPU_ZERO(&mask);
    CPU_SET(processor, &mask);
    return sched_setaffinity(0, sizeof mask, &mask) == 0;
}
