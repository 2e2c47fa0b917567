#pragma once

// The digits of four floats together, branch-free: `shortest_decimal` and `digits_of_value8` of write.inc in 64-bit lanes.
// Masks are lanes of all ones, which are −1 as numbers.

#include <immintrin.h>

typedef uint64_t lanes __attribute__((vector_size(32)));
typedef int64_t signed_lanes __attribute__((vector_size(32)));
typedef uint32_t halves_of_lanes __attribute__((vector_size(32)));
typedef uint16_t quarters_of_lanes __attribute__((vector_size(32)));

/// What `write_digits` needs to write four floats.
typedef struct four_floats {
    /// Eight digits as octets 0 to 9, after the first one.
    uint64_t eight[4];
    uint64_t first[4];
    /// The index of their layout; beyond the table for a float that is none, subnormal, very small or large.
    uint64_t layout[4];
} four_floats;

/// Both factors are below 2^32.
ALWAYS_INLINE lanes times(lanes a, lanes b) { return (lanes)_mm256_mul_epu32((__m256i)a, (__m256i)b); }

ALWAYS_INLINE lanes all(uint64_t value) { return (lanes){value, value, value, value}; }

ALWAYS_INLINE lanes choose(lanes mask, lanes yes, lanes no) {
    return (lanes)_mm256_blendv_epi8((__m256i)no, (__m256i)yes, (__m256i)mask);
}

/// Both are below 2^63.
ALWAYS_INLINE lanes is_less(lanes a, lanes b) { return (lanes)((signed_lanes)a < (signed_lanes)b); }

ALWAYS_INLINE lanes round_four_to_odd(lanes power, lanes factor) {
    const lanes upper = times(power >> 32, factor) + (times(power, factor) >> 32);
    // The lower half's upper bits: more than 1 makes it odd.
    const lanes is_more = is_less(all(1), upper & all(0xFFFFFFFF));
    return (upper >> 32) | (is_more & all(1));
}

ALWAYS_INLINE void digits_of_four(const float *values, four_floats *floats) {
    const lanes given = (lanes)_mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)values)) & all(0x7FFFFFFF);
    // A zero goes the common way, as a 1 less 1.
    const lanes is_zero = (lanes)(given == all(0));
    const lanes bits = choose(is_zero, all(0x3F800000), given);
    const lanes fraction = bits & all(0x7FFFFF);
    const lanes field = bits >> 23;
    const lanes is_rare = (lanes)(field == all(0)) | (lanes)(field == all(255));
    const lanes is_odd = bits & all(1);
    const lanes is_lower_closer = (lanes)(fraction == all(0)) & is_less(all(1), field);
    // k + 46, and h: the constants keep what is shifted positive.
    const lanes k = (times(field, all(1262611)) + all((46 << 22) - 150 * 1262611) - (is_lower_closer & all(524031))) >> 22;
    const lanes h = ((all((UINT64_C(112) << 19) + 46 * 1741647) - times(k, all(1741647))) >> 19) + field - all(112 + 149);
    const lanes power = (lanes)_mm256_i64gather_epi64(
        (const long long *)ct_shortest_powers, (__m256i)(all(46 - CT_FIRST_SHORTEST_POWER) - k), 8);
    const lanes c = (fraction | all(0x800000)) << 2;
    const lanes lower = round_four_to_odd(power, (c - all(2) - is_lower_closer) << h) + is_odd;
    const lanes value = round_four_to_odd(power, c << h);
    const lanes upper = round_four_to_odd(power, (c + all(2)) << h) - is_odd;

    const lanes whole = value >> 2;
    const lanes tenth = times(whole, all(0xCCCCCCCD)) >> 35;
    const lanes forty = (tenth << 5) + (tenth << 3);
    const lanes is_tenth_outside = is_less(forty, lower);
    const lanes is_next_tenth_outside = is_less(upper, forty + all(40));
    const lanes next_tenth = tenth + all(1) + is_next_tenth_outside;
    const lanes shorter = (next_tenth << 3) + (next_tenth << 1);

    const lanes four = whole << 2;
    const lanes is_whole_outside = is_less(four, lower);
    const lanes is_next_outside = is_less(upper, four + all(4));
    const lanes middle = four + all(2);
    // A half goes to the even one: beyond the middle, or beyond one less when odd.
    const lanes is_nearer_up = is_less(middle - (whole & all(1)), value);
    const lanes goes_up = choose(is_whole_outside ^ is_next_outside, ~is_next_outside, is_nearer_up);
    const lanes longer = whole - goes_up;

    const lanes digits = choose(is_tenth_outside ^ is_next_tenth_outside, shorter, longer);
    const lanes is_below_8 = is_less(digits, all(10000000));
    const lanes is_below_9 = is_less(digits, all(100000000));
    const lanes nine = times(digits, all(1) + (is_below_9 & all(9)) + (is_below_8 & all(90)));
    const lanes first = times(nine, all(1441151881)) >> 57;
    const lanes rest = nine - times(first, all(100000000));

    const lanes upper_four = times(rest, all(109951163)) >> 40;
    const halves_of_lanes fours = (halves_of_lanes)(upper_four | (rest - times(upper_four, all(10000))) << 32);
    const halves_of_lanes hundreds = (fours * 5243) >> 19;
    const quarters_of_lanes twos = (quarters_of_lanes)(hundreds | (fours - 100 * hundreds) << 16);
    const quarters_of_lanes tens = (twos * 103) >> 10;
    const lanes eight = (lanes)(tens | (twos - 10 * tens) << 8);

    _mm256_storeu_si256((__m256i *)floats->eight, (__m256i)eight);
    _mm256_storeu_si256((__m256i *)floats->first, (__m256i)(first + is_zero + all('0')));
    _mm256_storeu_si256(
        (__m256i *)floats->layout, (__m256i)((k + is_below_8 + is_below_9 + all(14 - 46)) | is_rare));
}

static size_t write_floats_together(const float *values, size_t count, uint8_t *text) {
    const uint8_t *const start = text;
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        four_floats floats;
        digits_of_four(values + i, &floats);
        for (size_t lane = 0; lane < 4; lane++) {
            if (__builtin_expect(floats.layout[lane] > 14, 0)) {
                text = write_float(values[i + lane], text);
            } else {
                uint32_t bits;
                memcpy(&bits, &values[i + lane], sizeof bits);
                *text = '-';
                text = write_digits(
                    (uint8_t)floats.first[lane], floats.eight[lane], &layouts[floats.layout[lane]], text + (bits >> 31));
            }
            *text++ = ',';
        }
    }
    return (size_t)(text - start) + write_floats(values + i, count - i, text);
}
