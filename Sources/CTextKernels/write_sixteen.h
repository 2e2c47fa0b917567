#pragma once

// Sixteen common floats together (common_numbers.h). No power of ten need be rounded for them: in units of ten times what
// the ninth digit counts, a float and the middles between it and its neighbours are whole multiples of 2^-32. One product
// of 32-bit numbers gives the upper middle: above its lower half eight digits, in its lower half what decides on the ninth.
// No middle is itself a decimal, so that it does not matter to whom it belongs. The decimal is that of `shortest_decimal`,
// of powers of two as well (`make floats`).

#include "common_numbers.h"

/// Sixteen floats as digits and masks; in 32-bit lanes they stand as `lanes` of the tables says.
typedef struct sixteen {
    /// In 64-bit lanes eight digits as characters: of the first eight floats, and of the others.
    __m512i eight[2];
    /// In 32-bit lanes the ninth digit, and three characters that `text_of_four` takes.
    __m512i others;
    /// In 16-bit lanes: which octets of each float are written; then, which are characters, but the point.
    __m512i masks;
} sixteen;

ALWAYS_INLINE __m512i at_field(const uint32_t *table, __m512i field) {
    return _mm512_permutex2var_epi32(_mm512_loadu_si512(table), field, _mm512_loadu_si512(table + 16));
}

/// - is_there: Of the others nothing is written.
ALWAYS_INLINE sixteen pieces_of_sixteen(__m512i bits, __mmask16 is_there) {
    const __m512i field = _mm512_srli_epi32(bits, 23);
    const __m512i power = at_field(ct_common.powers, field);
    const __m512i doubled = _mm512_add_epi32(bits, bits);
    // Twice the significand, and one: (a & b) | c.
    const __mmask16 is_nonzero = _mm512_test_epi32_mask(doubled, doubled);
    const __m512i middle = _mm512_maskz_ternarylogic_epi32(
        is_nonzero, doubled, _mm512_set1_epi32(0xFFFFFF), _mm512_set1_epi32(0x1000001), 0xEA);
    const __m512i even = _mm512_mul_epu32(middle, power);
    const __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64(middle, 32), _mm512_srli_epi64(power, 32));
    const __mmask16 odds = 0xAAAA;
    const __m512i eight = _mm512_mask_mov_epi32(_mm512_srli_epi64(even, 32), odds, odd);
    const __m512i rest = _mm512_mask_mov_epi32(even, odds, _mm512_slli_epi64(odd, 32));

    // Between the middles lies one number with a ninth digit of zero, or none: then the nearest is taken.
    const __mmask16 is_shorter = _mm512_cmplt_epu32_mask(rest, _mm512_add_epi32(power, power));
    // The float itself, its ninth digit in units of 2^-28; of two that are as near it is the even one.
    const __m512i own = _mm512_sub_epi32(rest, power);
    const __m512i exact = _mm512_add_epi32(_mm512_srli_epi32(own, 1), _mm512_srli_epi32(own, 3));
    const __mmask16 is_odd = _mm512_test_epi32_mask(exact, _mm512_set1_epi32(1 << 28));
    __m512i ninth = _mm512_add_epi32(exact, _mm512_set1_epi32((1 << 27) - 1));
    ninth = _mm512_mask_sub_epi32(ninth, is_odd, ninth, _mm512_set1_epi32(-1));
    ninth = _mm512_maskz_srli_epi32(_knot_mask16(is_shorter), ninth, 28);

    // The eight digits are below 2^24, so exact as floats; the factor is a little more than 1/10000.
    const __m512 upper = _mm512_mul_round_ps(
        _mm512_cvtepi32_ps(eight), _mm512_set1_ps(0x1.a36e30p-14f), _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
    // In 16-bit lanes, the upper four digits first; then two digits in each octet.
    const __m512i minus_upper = _mm512_mullo_epi32(_mm512_cvttps_epi32(upper), _mm512_set1_epi32(1 - (10000 << 16)));
    const __m512i fours = _mm512_add_epi32(_mm512_slli_epi32(eight, 16), minus_upper);
    const __m512i hundreds = _mm512_srli_epi16(_mm512_mulhi_epu16(fours, _mm512_set1_epi16(5243)), 3);
    const __m512i twos = _mm512_add_epi16(
        _mm512_slli_epi16(fours, 8), _mm512_mullo_epi16(hundreds, _mm512_set1_epi16(1 - (100 << 8))));
    const __m512i digits = _mm512_permutex2var_epi8(
        _mm512_loadu_si512(ct_common.two_digits), twos, _mm512_loadu_si512(ct_common.two_digits + 64));

    // What is written of a number, its point aside: from the first digit that is not zero, or that before the point if it
    // comes sooner, to the last one, or that before the point if it comes later.
    const __m512i places = at_field(ct_common.places, field);
    const int all = (2 << CT_COMMON_LAST) - 1, first = CT_COMMON_FIRST;
    const __m512i zeros = _mm512_maskz_srli_epi32(is_shorter, _mm512_lzcnt_epi32(digits), 2);
    const __m512i to_last =
        _mm512_mask_srlv_epi32(_mm512_set1_epi32(all), is_shorter, _mm512_set1_epi32(all >> 1), zeros);
    const __mmask16 has_first = _mm512_test_epi32_mask(digits, _mm512_set1_epi32(0x0F));
    const __mmask16 has_second = _mm512_test_epi32_mask(digits, _mm512_set1_epi32(0xF0));
    __m512i from_first = _mm512_set1_epi32((int)(~0u << (first + 2)));
    from_first = _mm512_mask_mov_epi32(from_first, has_second, _mm512_set1_epi32((int)(~0u << (first + 1))));
    from_first = _mm512_mask_mov_epi32(from_first, has_first, _mm512_set1_epi32((int)(~0u << first)));
    // a | b and then a & (b | ~c).
    const __m512i from = _mm512_or_si512(from_first, _mm512_srai_epi16(places, 1));
    const __m512i without_point = _mm512_ternarylogic_epi32(from, to_last, places, 0xD0);
    const __m512i behind_point = _mm512_and_si512(without_point, places);
    const __m512i comma = _mm512_set1_epi32(1 << CT_COMMON_COMMA);
    const __m512i sign_and_comma = _mm512_or_si512(_mm512_srli_epi32(bits, 31), comma);
    const __m512i written = _mm512_ternarylogic_epi32(
        without_point, _mm512_add_epi32(behind_point, behind_point), sign_and_comma, 0xFE);

    const __m512i in_order = _mm512_loadu_si512(ct_common.order);
    const __m512i low_digit = _mm512_set1_epi8(0x0F), zero = _mm512_set1_epi8('0');
    sixteen result;
    result.eight[0] = _mm512_ternarylogic_epi32(
        _mm512_multishift_epi64_epi8(_mm512_set1_epi64(0x1C1814100C080400), digits), low_digit, zero, 0xEA);
    result.eight[1] = _mm512_ternarylogic_epi32(
        _mm512_multishift_epi64_epi8(_mm512_set1_epi64(0x3C3834302C282420), digits), low_digit, zero, 0xEA);
    result.others = _mm512_add_epi32(ninth, _mm512_set1_epi32(CT_COMMON_OTHERS));
    result.masks = _mm512_maskz_permutex2var_epi16(0xFFFF0000 | is_there, written, in_order, places);
    return result;
}

/// Writes what is to be written of four of them.
ALWAYS_INLINE uint8_t *write_four_common(const sixteen *all, const uint64_t *masks, int four, uint8_t *text) {
    const __m512i places = _mm512_loadu_si512(ct_common.sources[four]);
    const __m512i characters = _mm512_permutex2var_epi8(all->eight[four / 2], places, all->others);
    const __m512i with_point = _mm512_mask_expand_epi8(_mm512_set1_epi8('.'), masks[4 + four], characters);
    _mm512_storeu_si512(text, _mm512_maskz_compress_epi8(masks[four], with_point));
    return text + __builtin_popcountll(masks[four]);
}

/// Writes sixteen floats, or those of them that `is_there` says, if they are common; else gives NULL.
ALWAYS_INLINE uint8_t *write_sixteen(const float *values, __mmask16 is_there, uint8_t *text) {
    const __m512i given = _mm512_maskz_loadu_epi32(is_there, values);
    const __m512i bits = _mm512_permutexvar_epi32(_mm512_loadu_si512(ct_common.lanes), given);
    const __m512i doubled = _mm512_add_epi32(given, given);
    const __m512i beyond = _mm512_sub_epi32(doubled, _mm512_set1_epi32(CT_LEAST_COMMON_FIELD << 24));
    const __mmask16 is_nonzero = _mm512_test_epi32_mask(doubled, doubled);
    const __m512i limit = _mm512_set1_epi32(CT_COMMON_FIELDS << 24);
    if (__builtin_expect(_mm512_mask_cmpge_epu32_mask(is_nonzero, beyond, limit) != 0, 0)) return NULL;
    const sixteen all = pieces_of_sixteen(bits, is_there);
    uint64_t masks[8];
    _mm512_storeu_si512(masks, all.masks);
    for (int four = 0; four < 4; four++) text = write_four_common(&all, masks, four, text);
    return text;
}
