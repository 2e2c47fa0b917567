// AVX-512: eight numbers written together, 64 characters looked at together.
#include "number_forms.h"
#include "octets.h"
#include "short_numbers.h"
#include "tables.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512vbmi2,bmi,bmi2,lzcnt,popcnt"))), \
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

#include "digits_sse.h"
#include "read.inc"
#include "write.inc"
#include "write_avx512.h"
#include "base64_avx2.h"

const ct_kernels ct_kernels_avx512 = {
    "avx512", read_floats, write_floats_together, write_integers, decode_base64, encode_base64,
};

#pragma clang attribute pop
#endif
