// AVX2: 32 characters looked at together, 16 digits joined together, 32 base64 characters together.
#include "number_forms.h"
#include "octets.h"
#include "short_numbers.h"
#include "tables.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,lzcnt"))), apply_to = function)

ALWAYS_INLINE uint32_t digit_mask(const uint8_t *text) {
    const __m256i values = _mm256_sub_epi8(_mm256_loadu_si256((const __m256i *)text), _mm256_set1_epi8('0'));
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(values, _mm256_set1_epi8(9)), values));
}

ALWAYS_INLINE uint32_t equal_mask(__m256i characters, __m256i others) {
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(characters, others));
}

ALWAYS_INLINE uint64_t digits_and_commas(const uint8_t *text, uint64_t *commas) {
    const __m256i comma = _mm256_set1_epi8(',');
    *commas = equal_mask(_mm256_loadu_si256((const __m256i *)text), comma)
        | (uint64_t)equal_mask(_mm256_loadu_si256((const __m256i *)(text + 32)), comma) << 32;
    return digit_mask(text) | (uint64_t)digit_mask(text + 32) << 32;
}

ALWAYS_INLINE void list_bits(uint64_t bits, uint16_t base, uint16_t *list) { list_bits_plainly(bits, base, list); }

#include "digits_sse.h"
#include "read_alone.h"
#include "read.inc"
#include "write.inc"
#include "write_avx2.h"
#include "base64_avx2.h"

const ct_kernels ct_kernels_avx2 = {
    "avx2", read_floats, write_floats_together, write_integers, decode_base64, encode_base64,
};

#pragma clang attribute pop
#endif
