#pragma once

#include "include/text_kernels.h"

#if defined(__x86_64__)
extern const ct_kernels ct_kernels_avx2;
extern const ct_kernels ct_kernels_avx512;
#endif
extern const ct_kernels ct_kernels_portable;

/// 10^0 to 10^19.
extern const uint64_t ct_integer_powers[20];

enum {
    /// Below, even 9999999999999999999 · 10^-65 is less than half the smallest subnormal float32.
    CT_SMALLEST_POWER = -64,
    /// Above, even 1 · 10^39 is more than the largest.
    CT_LARGEST_POWER = 38,
};
/// 10^n at [n - CT_SMALLEST_POWER], as the nearest double.
extern const double ct_powers[CT_LARGEST_POWER - CT_SMALLEST_POWER + 1];

enum { CT_FIRST_SHORTEST_POWER = -31 };
/// ⌊10^k · 2^(63 − ⌊log2 10^k⌋)⌋ + 1 for k from −31 to 45.
extern const uint64_t ct_shortest_powers[77];

/// The value of a base64 character, 0xFF for what is none.
extern const uint8_t ct_base64_values[256];
extern const uint8_t ct_base64_alphabet[64];
