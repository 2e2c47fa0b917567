#pragma once

// Sixteen digits joined together.

#include "octets.h"

/// Moves the first n octets to the end and puts zeros before them, when 16 are loaded from [n] on.
static const uint8_t moves[32] = {
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
};

/// The value of the digits of `text` that `move` picks.
ALWAYS_INLINE uint64_t value_of_moved(const uint8_t *text, __m128i move) {
    __m128i lanes = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)text), _mm_set1_epi8('0'));
    lanes = _mm_shuffle_epi8(lanes, move);
    lanes = _mm_maddubs_epi16(lanes, _mm_set1_epi16(10 | 1 << 8));
    lanes = _mm_madd_epi16(lanes, _mm_set1_epi32(100 | 1 << 16));
    lanes = _mm_packus_epi32(lanes, lanes);
    lanes = _mm_madd_epi16(lanes, _mm_set1_epi32(10000 | 1 << 16));
    const uint64_t eights = (uint64_t)_mm_cvtsi128_si64(lanes);
    return (uint32_t)eights * UINT64_C(100000000) + (eights >> 32);
}

ALWAYS_INLINE uint64_t value_of_digits16(const uint8_t *text, unsigned count) {
    return value_of_moved(text, _mm_loadu_si128((const __m128i *)(moves + count)));
}

ALWAYS_INLINE uint64_t value_around_point(const uint8_t *text, unsigned point, unsigned count) {
    const __m128i move = _mm_loadu_si128((const __m128i *)(moves + count));
    // Those after the point come from one octet further on.
    const __m128i is_after = _mm_cmpgt_epi8(move, _mm_set1_epi8((char)(point - 1)));
    return value_of_moved(text, _mm_sub_epi8(move, is_after));
}
