// AVX-512: sixteen numbers written together, 64 characters looked at together.
#include "number_forms.h"
#include "octets.h"
#include "short_numbers.h"
#include "tables.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target( \
        "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,bmi,bmi2,lzcnt,popcnt"))), \
    apply_to = function)

ALWAYS_INLINE uint32_t digit_mask(const uint8_t *text) {
    const __m256i values = _mm256_sub_epi8(_mm256_loadu_si256((const __m256i *)text), _mm256_set1_epi8('0'));
    return _mm256_cmple_epu8_mask(values, _mm256_set1_epi8(9));
}

ALWAYS_INLINE uint64_t digits_and_commas(const uint8_t *text, uint64_t *commas) {
    const __m512i characters = _mm512_loadu_si512(text);
    *commas = _mm512_cmpeq_epi8_mask(characters, _mm512_set1_epi8(','));
    return _mm512_cmple_epu8_mask(_mm512_sub_epi8(characters, _mm512_set1_epi8('0')), _mm512_set1_epi8(9));
}

static const uint8_t places[64] = {
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
    32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61,
    62, 63,
};

ALWAYS_INLINE void list_bits(uint64_t bits, uint16_t base, uint16_t *list) {
    const __m512i found = _mm512_maskz_compress_epi8(bits, _mm512_loadu_si512(places));
    const __m512i bases = _mm512_set1_epi16((short)base);
    const __m512i lower = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(found));
    const __m512i upper = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(found, 1));
    _mm512_storeu_si512(list, _mm512_add_epi16(lower, bases));
    _mm512_storeu_si512(list + 32, _mm512_add_epi16(upper, bases));
}

#include "digits_sse.h"
#include "read_sixteen.h"
#include "read.inc"
#include "write.inc"
#include "write_avx512.h"
#include "base64_avx2.h"

const ct_kernels ct_kernels_avx512 = {
    "avx512", read_floats, write_floats_together, write_integers, decode_base64, encode_base64,
};

#pragma clang attribute pop
#endif
