// Which tables this machine can run.
#include "tables.h"

#include <string.h>

static const ct_kernels *if_supported(const ct_kernels *kernels) {
#if defined(__x86_64__)
    // The built-in also asks whether the operating system saves the wide registers.
    __builtin_cpu_init();
    if (kernels == &ct_kernels_avx512) {
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq")
            && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi")
            && __builtin_cpu_supports("avx512vbmi2")
            && if_supported(&ct_kernels_avx2) ? kernels : NULL;
    }
    if (kernels == &ct_kernels_avx2) {
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2")
            ? kernels : NULL;
    }
#endif
    return kernels;
}

/// Fastest first.
static const ct_kernels *const built[] = {
#if defined(__x86_64__)
    &ct_kernels_avx512,
    &ct_kernels_avx2,
#endif
    &ct_kernels_portable,
};

const ct_kernels *ct_kernels_named(const char *name) {
    for (size_t i = 0; i < sizeof built / sizeof *built; i++) {
        if (strcmp(built[i]->name, name) == 0) return if_supported(built[i]);
    }
    return NULL;
}

const ct_kernels *ct_kernels_best(void) {
    for (size_t i = 0; i < sizeof built / sizeof *built; i++) {
        const ct_kernels *kernels = if_supported(built[i]);
        if (kernels) return kernels;
    }
    return &ct_kernels_portable;
}
