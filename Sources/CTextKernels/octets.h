#pragma once

// Eight octets at a time, the first in the lowest bits (both of our machines are little-endian).

#include <stdint.h>
#include <string.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))

static const uint64_t eight_zeros = 0x3030303030303030;

ALWAYS_INLINE uint64_t load8(const uint8_t *octets) {
    uint64_t value;
    memcpy(&value, octets, sizeof value);
    return value;
}

ALWAYS_INLINE void store8(uint8_t *octets, uint64_t value) { memcpy(octets, &value, sizeof value); }

/// The value of the first `count` (1 to 8) of eight characters, which must be digits: pairs, fours and eights are joined
/// by multiplication (Daniel Lemire, Number Parsing at a Gigabyte per Second, 2021). Shifting puts zeros before them.
ALWAYS_INLINE uint64_t value_of_digits8(const uint8_t *text, unsigned count) {
    uint64_t lanes = (load8(text) << (64 - 8 * count)) & 0x0F0F0F0F0F0F0F0F;
    lanes = (lanes * (1 + (10 << 8)) >> 8) & 0x00FF00FF00FF00FF;
    lanes = (lanes * (1 + (100 << 16)) >> 16) & 0x0000FFFF0000FFFF;
    return lanes * (1 + (UINT64_C(10000) << 32)) >> 32;
}

/// The eight digits of a number below 10^8 as octets 0 to 9, the first in the lowest: halves, quarters and single
/// digits are split by multiplication (Paul Khuong, How to print integers really fast, 2017).
ALWAYS_INLINE uint64_t digits_of_value8(uint32_t number) {
    const uint64_t upper = (uint64_t)number * 109951163 >> 40;  // number / 10000
    const uint64_t halves = upper | (number - upper * 10000) << 32;
    const uint64_t hundreds = (halves * 10486 >> 20) & 0x0000007F0000007F;
    const uint64_t quarters = hundreds | (halves - 100 * hundreds) << 16;
    const uint64_t tens = (quarters * 103 >> 10) & 0x000F000F000F000F;
    return tens | (quarters - 10 * tens) << 8;
}

/// The places of the set bits and `base`, from the lowest. Eight at a time whether there are so many or not: no branch would
/// guess how many there are.
ALWAYS_INLINE void list_bits_plainly(uint64_t bits, uint16_t base, uint16_t *list) {
    const size_t count = (size_t)__builtin_popcountll(bits);
    for (size_t n = 0; n < count; n += 8) {
        for (size_t i = n; i < n + 8; i++) {
            list[i] = (uint16_t)(base + (unsigned)__builtin_ctzll(bits | UINT64_C(1) << 63));
            bits &= bits - 1;
        }
    }
}
