// Any machine: 16 registers of 4 lanes are assumed, products are rounded before they are added.
#include "tables.h"

#define HAS_FMA 0
#define TILE_ROWS 4
#define TILE_VECTORS 2
#define TABLE cv_kernels_portable
#define TABLE_NAME "portable"
#include "lanes_four.h"
#include "kernels.inc"
