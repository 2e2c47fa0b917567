// The tables that this build has.
#pragma once

#include "kernels.h"

#if defined(__x86_64__)
extern const cv_kernels cv_kernels_avx512, cv_kernels_avx2;
#endif
#if defined(__aarch64__)
extern const cv_kernels cv_kernels_neon;
#endif
extern const cv_kernels cv_kernels_portable;
