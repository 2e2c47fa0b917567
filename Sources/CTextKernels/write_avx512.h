#pragma once

// Sixteen common floats together, or eight of any kind.

#include "write_sixteen.h"

typedef uint64_t lanes __attribute__((vector_size(64)));
typedef int64_t signed_lanes __attribute__((vector_size(64)));
typedef uint32_t halves_of_lanes __attribute__((vector_size(64)));
typedef uint16_t quarters_of_lanes __attribute__((vector_size(64)));

ALWAYS_INLINE lanes times(lanes a, lanes b) { return (lanes)_mm512_mul_epu32((__m512i)a, (__m512i)b); }

ALWAYS_INLINE lanes choose(lanes mask, lanes yes, lanes no) {
    return (lanes)_mm512_ternarylogic_epi64((__m512i)mask, (__m512i)yes, (__m512i)no, 0xCA);
}

ALWAYS_INLINE lanes powers_at(lanes index) {
    return (lanes)_mm512_i64gather_epi64((__m512i)index, ct_shortest_powers, 8);
}

ALWAYS_INLINE lanes digits_behind_first(lanes eight) {
    return ((lanes){} + 8) - ((lanes)_mm512_lzcnt_epi64((__m512i)eight) >> 3);
}

#include "write_together.inc"

/// The texts of four numbers, one behind the other.
ALWAYS_INLINE uint8_t *write_four(__m512i sources, const uint64_t *forms, uint8_t *text) {
    __m512i places = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)ct_number_forms[forms[0]]));
    places = _mm512_inserti32x4(places, _mm_loadu_si128((const __m128i *)ct_number_forms[forms[2]]), 1);
    places = _mm512_inserti32x4(places, _mm_loadu_si128((const __m128i *)ct_number_forms[forms[4]]), 2);
    places = _mm512_inserti32x4(places, _mm_loadu_si128((const __m128i *)ct_number_forms[forms[6]]), 3);
    const __m512i characters = _mm512_shuffle_epi8(sources, places);
    // Behind a number's end its sixteen octets are zero.
    const __mmask64 is_character = _mm512_test_epi8_mask(characters, characters);
    _mm512_storeu_si512(text, _mm512_maskz_compress_epi8(is_character, characters));
    return text + __builtin_popcountll(is_character);
}

/// Gives the end of the text.
static __attribute__((noinline)) uint8_t *write_eights(const float *values, size_t count, uint8_t *text) {
    // In 128 bits each: what belongs together is then unpacked in order.
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m256i bits = _mm256_permutevar8x32_epi32(_mm256_loadu_si256((const __m256i *)(values + i)), order);
        const pieces eight = pieces_of((lanes)_mm512_cvtepu32_epi64(bits));
        const __m512i first = _mm512_unpacklo_epi64((__m512i)eight.eight, (__m512i)eight.others);
        const __m512i second = _mm512_unpackhi_epi64((__m512i)eight.eight, (__m512i)eight.others);
        uint64_t forms[8];
        _mm512_storeu_si512(forms, (__m512i)eight.form);
        const __m512i limit = _mm512_set1_epi64(CT_FORMS * CT_FORM_VARIANTS);
        if (__builtin_expect(_mm512_cmpge_epu64_mask((__m512i)eight.form, limit) == 0, 1)) {
            text = write_four(first, forms, text);
            text = write_four(second, forms + 1, text);
            continue;
        }
        uint64_t sources[16];
        _mm512_storeu_si512(sources, first);
        _mm512_storeu_si512(sources + 8, second);
        for (size_t n = 0; n < 8; n++) {
            const uint64_t form = forms[n % 4 * 2 + n / 4];
            if (form >= CT_FORMS * CT_FORM_VARIANTS) {
                text = write_float(values[i + n], text);
                *text++ = ',';
            } else {
                const __m128i places = _mm_loadu_si128((const __m128i *)ct_number_forms[form]);
                const __m128i source = _mm_loadu_si128((const __m128i *)(sources + 2 * n));
                _mm_storeu_si128((__m128i *)text, _mm_shuffle_epi8(source, places));
                text += ct_number_lengths[form];
            }
        }
    }
    return text + write_floats(values + i, count - i, text);
}

static size_t write_floats_together(const float *values, size_t count, uint8_t *text) {
    enum {
        TOGETHER = 16,
        /// So few take no longer alone.
        FEW = 3,
    };
    const uint8_t *const start = text;
    for (size_t i = 0; i < count; i += TOGETHER) {
        const size_t some = count - i < TOGETHER ? count - i : TOGETHER;
        uint8_t *const end = some <= FEW ? NULL : write_sixteen(values + i, (__mmask16)((1u << some) - 1), text);
        text = end != NULL ? end : write_eights(values + i, some, text);
    }
    return (size_t)(text - start);
}
