// AVX-512 (F, BW, DQ, VL): 32 registers of 16 lanes; 8 × 3 accumulators, 3 of B, 1 of weights.
#include "tables.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi2"))), \
                             apply_to = function)
#define TILE_ROWS 8
#define TILE_VECTORS 3
#define TABLE cv_kernels_avx512
#define TABLE_NAME "avx512"
#include "lanes_avx512.h"
#include "kernels.inc"
#pragma clang attribute pop
#endif
