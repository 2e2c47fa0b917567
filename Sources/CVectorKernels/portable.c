// Any machine: 16 registers of 4 lanes are assumed, products are rounded before they are added.
#include "tables.h"

#define HAS_FMA 0
#define TILE_ROWS 4
#define TILE_VECTORS 2
#define UNROLL_OUTPUT
#define MOST_SEGMENTS 1
#define TABLE cv_kernels_portable
#define TABLE_NAME "portable"
// Where speed matters there is a better table than this one: it should be small.
#pragma clang attribute push(__attribute__((minsize)), apply_to = function)
#include "lanes_four.h"
#include "kernels.inc"
#pragma clang attribute pop
