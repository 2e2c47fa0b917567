// AVX2 with FMA: 16 registers of 8 lanes; 6 × 2 accumulators, 2 of B, 1 of weights.
#include "tables.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2"))), apply_to = function)
#define TILE_ROWS 6
#define TILE_VECTORS 2
#define TABLE cv_kernels_avx2
#define TABLE_NAME "avx2"
#include "lanes_avx2.h"
#include "kernels.inc"
#pragma clang attribute pop
#endif
