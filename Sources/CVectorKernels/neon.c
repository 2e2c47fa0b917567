// NEON, which every 64-bit Arm has: 32 registers of 4 lanes; 8 × 3 accumulators.
#include "tables.h"

#if defined(__aarch64__)
#define HAS_FMA 1
#define TILE_ROWS 8
#define TILE_VECTORS 3
#define TABLE cv_kernels_neon
#define TABLE_NAME "neon"
#include "lanes_four.h"
#include "kernels.inc"
#endif
