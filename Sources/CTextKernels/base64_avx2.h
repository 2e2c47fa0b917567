#pragma once

// Wojciech Muła and Daniel Lemire, Faster Base64 Encoding and Decoding using AVX2 Instructions, 2018. Heads and tails
// go a group at a time.

#include "base64_plain.h"

static size_t decode_base64(const uint8_t *text, size_t length, uint8_t *octets) {
    // Classes of characters, one bit each, by the low and by the high half: a character outside the alphabet has a bit in
    // both.
    const __m256i low_classes = _mm256_setr_epi8(
        0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A,
        0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A);
    const __m256i high_classes = _mm256_setr_epi8(
        0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10,
        0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
    // What to add to a character for its value, by its high half; `/` is one off.
    const __m256i shifts = _mm256_setr_epi8(
        0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m256i order = _mm256_setr_epi8(
        2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1,
        2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    const __m256i slash = _mm256_set1_epi8('/');
    size_t done = 0;
    // 32 octets are stored for 24: the twelve characters beyond the last load have room for the other eight.
    for (; done + 44 <= length; done += 32) {
        const __m256i characters = _mm256_loadu_si256((const __m256i *)(text + done));
        const __m256i high = _mm256_and_si256(_mm256_srli_epi32(characters, 4), _mm256_set1_epi8(0x0F));
        const __m256i low = _mm256_and_si256(characters, _mm256_set1_epi8(0x0F));
        if (!_mm256_testz_si256(_mm256_shuffle_epi8(low_classes, low), _mm256_shuffle_epi8(high_classes, high))) break;
        const __m256i is_slash = _mm256_cmpeq_epi8(characters, slash);
        const __m256i shift = _mm256_shuffle_epi8(shifts, _mm256_add_epi8(is_slash, high));
        const __m256i values = _mm256_add_epi8(characters, shift);
        const __m256i twelves = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
        const __m256i threes = _mm256_madd_epi16(twelves, _mm256_set1_epi32(0x00011000));
        const __m256i packed = _mm256_permutevar8x32_epi32(
            _mm256_shuffle_epi8(threes, order), _mm256_setr_epi32(0, 1, 2, 4, 5, 6, -1, -1));
        _mm256_storeu_si256((__m256i *)(octets + done / 4 * 3), packed);
    }
    return decode_base64_plainly(text, done, length, octets);
}

static void encode_base64(const uint8_t *octets, size_t length, uint8_t *text) {
    const __m256i order = _mm256_setr_epi8(
        5, 4, 6, 5, 8, 7, 9, 8, 11, 10, 12, 11, 14, 13, 15, 14,
        1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
    const __m256i shifts = _mm256_setr_epi8(
        'A', 'a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
        '0' - 52, '+' - 62, '/' - 63, 0, 0,
        'A', 'a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
        '0' - 52, '+' - 62, '/' - 63, 0, 0);
    size_t done = 0;
    if (length >= 12 + 28) {
        // 24 octets are loaded with the four before them and the four after, so that each half has twelve: the first
        // twelve go alone.
        encode_base64_plainly(octets, 12, text);
        for (done = 12; done + 28 <= length; done += 24) {
            __m256i lanes = _mm256_loadu_si256((const __m256i *)(octets + done - 4));
            lanes = _mm256_shuffle_epi8(lanes, order);
            const __m256i outer = _mm256_mulhi_epu16(
                _mm256_and_si256(lanes, _mm256_set1_epi32(0x0FC0FC00)), _mm256_set1_epi32(0x04000040));
            const __m256i inner = _mm256_mullo_epi16(
                _mm256_and_si256(lanes, _mm256_set1_epi32(0x003F03F0)), _mm256_set1_epi32(0x01000010));
            const __m256i values = _mm256_or_si256(outer, inner);
            // 0 for capitals, 1 for small letters, 2 to 11 for digits, 12 and 13 for the two signs.
            __m256i kind = _mm256_subs_epu8(values, _mm256_set1_epi8(51));
            kind = _mm256_sub_epi8(kind, _mm256_cmpgt_epi8(values, _mm256_set1_epi8(25)));
            const __m256i characters = _mm256_add_epi8(values, _mm256_shuffle_epi8(shifts, kind));
            _mm256_storeu_si256((__m256i *)(text + done / 3 * 4), characters);
        }
    }
    encode_base64_plainly(octets + done, length - done, text + done / 3 * 4);
}
