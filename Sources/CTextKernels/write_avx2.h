#pragma once

// Four floats together.

typedef uint64_t lanes __attribute__((vector_size(32)));
typedef int64_t signed_lanes __attribute__((vector_size(32)));
typedef uint32_t halves_of_lanes __attribute__((vector_size(32)));
typedef uint16_t quarters_of_lanes __attribute__((vector_size(32)));

ALWAYS_INLINE lanes times(lanes a, lanes b) { return (lanes)_mm256_mul_epu32((__m256i)a, (__m256i)b); }

ALWAYS_INLINE lanes choose(lanes mask, lanes yes, lanes no) {
    return (lanes)_mm256_blendv_epi8((__m256i)no, (__m256i)yes, (__m256i)mask);
}

ALWAYS_INLINE lanes powers_at(lanes index) {
    return (lanes)_mm256_i64gather_epi64((const long long *)ct_shortest_powers, (__m256i)index, 8);
}

/// The bits above the highest octet that is not zero are smeared down to it; each octet that is reached counts.
ALWAYS_INLINE lanes digits_behind_first(lanes eight) {
    eight |= eight >> 8;
    eight |= eight >> 16;
    eight |= eight >> 32;
    const __m256i is_there = _mm256_cmpgt_epi8((__m256i)eight, _mm256_setzero_si256());
    return (lanes)_mm256_sad_epu8(_mm256_sub_epi8(_mm256_setzero_si256(), is_there), _mm256_setzero_si256());
}

#include "write_together.inc"

static size_t write_floats_together(const float *values, size_t count, uint8_t *text) {
    const uint8_t *const start = text;
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        const pieces four = pieces_of((lanes)_mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)(values + i))));
        uint64_t sources[8], forms[4];
        // Each 128 bits hold two lanes: the first and third, then the second and fourth.
        _mm256_storeu_si256((__m256i *)sources, _mm256_unpacklo_epi64((__m256i)four.eight, (__m256i)four.others));
        _mm256_storeu_si256((__m256i *)(sources + 4), _mm256_unpackhi_epi64((__m256i)four.eight, (__m256i)four.others));
        _mm256_storeu_si256((__m256i *)forms, (__m256i)four.form);
        for (size_t lane = 0; lane < 4; lane++) {
            const uint64_t form = forms[lane];
            if (__builtin_expect(form >= CT_FORMS * CT_FORM_VARIANTS, 0)) {
                text = write_float(values[i + lane], text);
                *text++ = ',';
            } else {
                const uint64_t *const source = sources + (lane & 1) * 4 + (lane >> 1) * 2;
                const __m128i places = _mm_loadu_si128((const __m128i *)ct_number_forms[form]);
                const __m128i characters = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)source), places);
                _mm_storeu_si128((__m128i *)text, characters);
                text += ct_number_lengths[form];
            }
        }
    }
    return (size_t)(text - start) + write_floats(values + i, count - i, text);
}
