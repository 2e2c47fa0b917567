// Plain C, eight octets at a time: for machines without a table of their own, and what the others are tested against.
#include "base64_plain.h"
#include "octets.h"
#include "short_numbers.h"
#include "tables.h"

/// Bit i says whether octet i of eight is a digit: its high half is 3, and stays 3 when 6 is added. A carry reaches only
/// octets after one that is not ASCII, which nothing in a number is.
ALWAYS_INLINE uint32_t digit_mask8(const uint8_t *text) {
    const uint64_t high = 0xF0F0F0F0F0F0F0F0;
    const uint64_t octets = load8(text);
    const uint64_t not_digits =
        (((octets & high) ^ eight_zeros) | (((octets + 0x0606060606060606) & high) ^ eight_zeros)) >> 4;
    const uint64_t tops = ~(not_digits + 0x7F7F7F7F7F7F7F7F) & 0x8080808080808080;
    return (uint32_t)((tops >> 7) * 0x0102040810204080 >> 56);
}

ALWAYS_INLINE uint32_t digit_mask(const uint8_t *text) {
    return digit_mask8(text) | digit_mask8(text + 8) << 8 | digit_mask8(text + 16) << 16 | digit_mask8(text + 24) << 24;
}

/// Bit i says whether octet i of eight is that character.
ALWAYS_INLINE uint64_t equal_mask8(const uint8_t *text, uint8_t character) {
    const uint64_t others = load8(text) ^ (character * UINT64_C(0x0101010101010101));
    const uint64_t tops = ~(((others & 0x7F7F7F7F7F7F7F7F) + 0x7F7F7F7F7F7F7F7F) | others) & 0x8080808080808080;
    return (tops >> 7) * 0x0102040810204080 >> 56;
}

ALWAYS_INLINE uint64_t digits_and_commas(const uint8_t *text, uint64_t *commas) {
    uint64_t digits = 0;
    *commas = 0;
    for (unsigned at = 0; at < 64; at += 8) {
        digits |= (uint64_t)digit_mask8(text + at) << at;
        *commas |= equal_mask8(text + at, ',') << at;
    }
    return digits;
}

ALWAYS_INLINE void list_bits(uint64_t bits, uint16_t base, uint16_t *list) { list_bits_plainly(bits, base, list); }

ALWAYS_INLINE uint64_t value_of_digits16(const uint8_t *text, unsigned count) {
    if (count <= 8) return count == 0 ? 0 : value_of_digits8(text, count);
    return value_of_digits8(text, 8) * ct_integer_powers[count - 8] + value_of_digits8(text + 8, count - 8);
}

ALWAYS_INLINE uint64_t value_around_point(const uint8_t *text, unsigned point, unsigned count) {
    return value_of_digits16(text, point) * ct_integer_powers[count - point]
        + value_of_digits16(text + point + 1, count - point);
}

#include "read_alone.h"
#include "read.inc"
#include "write.inc"

static size_t decode_base64(const uint8_t *text, size_t length, uint8_t *octets) {
    return decode_base64_plainly(text, 0, length, octets);
}

static void encode_base64(const uint8_t *octets, size_t length, uint8_t *text) {
    encode_base64_plainly(octets, length, text);
}

const ct_kernels ct_kernels_portable = {
    "portable", read_floats, write_floats, write_integers, decode_base64, encode_base64,
};
