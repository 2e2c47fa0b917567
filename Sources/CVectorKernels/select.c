// Which tables this machine can run.
#include "tables.h"

#include <string.h>

static const cv_kernels *if_supported(const cv_kernels *kernels) {
#if defined(__x86_64__)
    // The built-in also asks whether the operating system saves the wide registers.
    __builtin_cpu_init();
    if (kernels == &cv_kernels_avx512) {
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
                && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
                && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma")
            ? kernels : NULL;
    }
    if (kernels == &cv_kernels_avx2) {
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")
            ? kernels : NULL;
    }
#endif
    return kernels;
}

/// Fastest first.
static const cv_kernels *const built[] = {
#if defined(__x86_64__)
    &cv_kernels_avx512, &cv_kernels_avx2,
#endif
#if defined(__aarch64__)
    &cv_kernels_neon,
#endif
    &cv_kernels_portable,
};

const cv_kernels *cv_kernels_named(const char *name) {
    for (size_t i = 0; i < sizeof built / sizeof *built; i++) {
        if (strcmp(built[i]->name, name) == 0) return if_supported(built[i]);
    }
    return NULL;
}

const cv_kernels *cv_kernels_best(void) {
    for (size_t i = 0; i < sizeof built / sizeof *built; i++) {
        const cv_kernels *kernels = if_supported(built[i]);
        if (kernels) return kernels;
    }
    return &cv_kernels_portable;
}
