#pragma once

// Sixteen numbers read together: those with at most fifteen digits and no exponent, each with its sign and the spaces before
// it in up to sixteen octets, between two commas. The sixteen octets before each comma are looked at; what they are is asked
// of all sixteen numbers at once, of masks in 16-bit lanes. A negative zero is read here, also where it has no point.

#include "octets.h"
#include "tables.h"

/// The sixteen octets before each of four commas.
ALWAYS_INLINE __m512i before_four(const uint8_t *base, const uint16_t *commas) {
    const uint8_t *const text = base - 16;
    __m512i octets = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)(text + commas[0])));
    octets = _mm512_inserti32x4(octets, _mm_loadu_si128((const __m128i *)(text + commas[1])), 1);
    octets = _mm512_inserti32x4(octets, _mm_loadu_si128((const __m128i *)(text + commas[2])), 2);
    return _mm512_inserti32x4(octets, _mm_loadu_si128((const __m128i *)(text + commas[3])), 3);
}

/// The digits that a mask picks, moved to the places of another: two groups of eight in sixteen octets, as four numbers of
/// four digits each.
ALWAYS_INLINE __m512i fours_of(__m512i octets, uint64_t digits, uint64_t places) {
    const __m512i values = _mm512_sub_epi8(octets, _mm512_set1_epi8('0'));
    const __m512i moved = _mm512_maskz_expand_epi8(places, _mm512_maskz_compress_epi8(digits, values));
    const __m512i twos = _mm512_maddubs_epi16(moved, _mm512_set1_epi16(10 | 1 << 8));
    return _mm512_madd_epi16(twos, _mm512_set1_epi32(100 | 1 << 16));
}

/// Eight numbers of sixteen digits: the first, the fifth, the second, the sixth …
ALWAYS_INLINE __m512d whole_numbers(__m512i first_fours, __m512i second_fours) {
    const __m512i eights = _mm512_madd_epi16(
        _mm512_packus_epi32(first_fours, second_fours), _mm512_set1_epi32(10000 | 1 << 16));
    const __m512i upper = _mm512_mul_epu32(eights, _mm512_set1_epi64(100000000));
    return _mm512_cvtepu64_pd(_mm512_add_epi64(upper, _mm512_srli_epi64(eights, 32)));
}

/// Puts points and signs to eight whole numbers, and all in order.
ALWAYS_INLINE void store_eight(__m512d whole, __m128i points, __m128i signs, double *values) {
    const __m128i lanes = _mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
    const __m512i order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
    // The index is the point's place of sixteen, the last where there is none: so many powers stand before that of no digit.
    const __m512i above = _mm512_lzcnt_epi64(_mm512_cvtepu16_epi64(_mm_shuffle_epi8(points, lanes)));
    const __m512i index = _mm512_xor_si512(above, _mm512_set1_epi64(-1));
    const double *const powers = ct_powers + (-15 - CT_SMALLEST_POWER);
    const __m512d power = _mm512_permutex2var_pd(_mm512_loadu_pd(powers), index, _mm512_loadu_pd(powers + 8));
    const __m512d value = _mm512_mul_pd(whole, power);
    const __m128i minus = _mm_shuffle_epi8(signs, lanes);
    const __m512d with_sign =
        _mm512_mask_xor_pd(value, _mm_test_epi16_mask(minus, minus), value, _mm512_set1_pd(-0.0));
    _mm512_storeu_pd(values, _mm512_permutexvar_pd(order, with_sign));
}

/// Reads the numbers before sixteen commas, as doubles that are as `read_number` gives them; gives how many there are before
/// the first that is not so common. `commas[-1]` is where the first begins, less one.
ALWAYS_INLINE size_t read_sixteen(const uint8_t *base, const uint16_t *commas, double *values) {
    __m512i octets[4];
    uint64_t masks[5][4];
    for (int four = 0; four < 4; four++) {
        const __m512i some = octets[four] = before_four(base, commas + 4 * four);
        const __m512i digit = _mm512_sub_epi8(some, _mm512_set1_epi8('0'));
        masks[0][four] = _mm512_cmple_epu8_mask(digit, _mm512_set1_epi8(9));
        masks[1][four] = _mm512_cmpeq_epi8_mask(some, _mm512_set1_epi8('.'));
        masks[2][four] = _mm512_cmpeq_epi8_mask(some, _mm512_set1_epi8('-'));
        masks[3][four] = _mm512_cmpeq_epi8_mask(some, _mm512_set1_epi8(' '));
        masks[4][four] = _mm512_cmpeq_epi8_mask(some, _mm512_set1_epi8('0'));
    }
    // In 16-bit lanes, a bit for each octet, the last the highest.
    const __m256i all = _mm256_set1_epi16(-1), none = _mm256_setzero_si256();
    const __m256i distance = _mm256_sub_epi16(
        _mm256_loadu_si256((const __m256i *)commas), _mm256_loadu_si256((const __m256i *)(commas - 1)));
    // Those behind the comma before; none where they are too many.
    const __m256i between = _mm256_sllv_epi16(all, _mm256_sub_epi16(_mm256_set1_epi16(17), distance));
    const __m256i digits = _mm256_and_si256(between, _mm256_loadu_si256((const __m256i *)masks[0]));
    const __m256i points = _mm256_and_si256(between, _mm256_loadu_si256((const __m256i *)masks[1]));
    const __m256i signs = _mm256_and_si256(between, _mm256_loadu_si256((const __m256i *)masks[2]));
    const __m256i spaces = _mm256_and_si256(between, _mm256_loadu_si256((const __m256i *)masks[3]));
    const __m256i zeros = _mm256_loadu_si256((const __m256i *)masks[4]);
    // Spaces if there are any, then a sign if there is one, then digits with at most one point between two of them; no zero
    // before another digit. Whatever is set in `wrong` is none of that.
    const __m256i number = _mm256_andnot_si256(spaces, between);
    const __m256i behind_sign = _mm256_andnot_si256(signs, number);
    const __m256i first = _mm256_and_si256(number, _mm256_sub_epi16(none, number));
    const __m256i first_digit = _mm256_and_si256(behind_sign, _mm256_sub_epi16(none, behind_sign));
    const __m256i zero_first = _mm256_and_si256(first_digit, zeros);
    const __m256i ends = _mm256_or_si256(first_digit, _mm256_set1_epi16((short)0x8000));
    __m256i wrong = _mm256_xor_si256(number, _mm256_sub_epi16(none, first));
    wrong = _mm256_or_si256(wrong, _mm256_andnot_si256(first, signs));
    wrong = _mm256_or_si256(wrong, _mm256_xor_si256(behind_sign, _mm256_or_si256(digits, points)));
    wrong = _mm256_or_si256(wrong, _mm256_and_si256(points, _mm256_add_epi16(points, all)));
    wrong = _mm256_or_si256(wrong, _mm256_and_si256(points, ends));
    wrong = _mm256_or_si256(wrong, _mm256_and_si256(digits, _mm256_add_epi16(zero_first, zero_first)));
    const __mmask16 is_rare = _mm256_test_epi16_mask(wrong, wrong) | _mm256_cmpeq_epi16_mask(behind_sign, none)
        | _mm256_cmpeq_epi16_mask(digits, all);
    const size_t count = (size_t)__builtin_ctz(is_rare | 1u << 16);
    if (count == 0) return 0;

    // Without the point the digits begin one octet later.
    const __mmask16 has_point = _mm256_test_epi16_mask(points, points);
    const __m256i places = _mm256_mask_add_epi16(behind_sign, has_point, behind_sign, behind_sign);
    uint64_t from[4], to[4];
    _mm256_storeu_si256((__m256i *)from, digits);
    _mm256_storeu_si256((__m256i *)to, places);
    for (int eight = 0; eight < 2; eight++) {
        const int first_four = 2 * eight, second_four = first_four + 1;
        const __m512d whole = whole_numbers(
            fours_of(octets[first_four], from[first_four], to[first_four]),
            fours_of(octets[second_four], from[second_four], to[second_four]));
        const __m128i some_points = eight ? _mm256_extracti128_si256(points, 1) : _mm256_castsi256_si128(points);
        const __m128i some_signs = eight ? _mm256_extracti128_si256(signs, 1) : _mm256_castsi256_si128(signs);
        store_eight(whole, some_points, some_signs, values + 8 * eight);
    }
    return count;
}

ALWAYS_INLINE size_t read_together(const uint8_t *base, uint16_t *ends, size_t count, double *values) {
    enum { TOGETHER = 16 };
    // The last comma again and again: before it there is no number then.
    for (size_t i = 1; i <= TOGETHER; i++) ends[count + i] = ends[count];
    size_t read = 0;
    while (read < count) {
        const size_t more = read_sixteen(base, ends + 1 + read, values + read);
        read += more;
        if (more < TOGETHER) break;
    }
    return read;
}
