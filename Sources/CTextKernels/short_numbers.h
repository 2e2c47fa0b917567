#pragma once

// Short numbers, an octet at a time: for where no more may be looked at than there is, and where there are few.

#include "octets.h"
#include "tables.h"

/// Whether a double, its sign aside, has one nearest float32 together with every value within 2^17 units of its last
/// place, and that is normal, or zero. A double has 29 bits more than a float32, so that but for one number in two
/// thousand this is so (William Clinger's idea, How to read floating point numbers accurately, 1990).
ALWAYS_INLINE int is_sure(double value) {
    enum { UNCERTAINTY = 1 << 17 };
    const uint64_t smallest_normal = UINT64_C(0x3810000000000000);
    const uint64_t largest = UINT64_C(0x47EFFFFFE0000000);
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits &= INT64_MAX;
    const uint64_t from_middle = (bits - (0x10000000 - UNCERTAINTY)) & 0x1FFFFFFF;
    const int is_normal = bits - smallest_normal < largest - smallest_normal;
    return ((from_middle >= 2 * UNCERTAINTY) & is_normal) | (bits == 0);
}

ALWAYS_INLINE int is_space(uint8_t octet) {
    return octet == ' ' || octet == '\n' || octet == '\r' || octet == '\t';
}

ALWAYS_INLINE const uint8_t *skip_spaces(const uint8_t *text, const uint8_t *end) {
    while (text < end && is_space(*text)) text++;
    return text;
}

typedef struct short_number {
    /// What follows it, which may be the end; NULL where a careful reader must look at it.
    const uint8_t *end;
    float value;
} short_number;

/// Reads a number of at most nine digits without an exponent.
ALWAYS_INLINE short_number read_short_number(const uint8_t *text, const uint8_t *end) {
    enum { DIGITS = 9 };
    const short_number none = {NULL, 0};
    const int is_negative = text < end && *text == '-';
    const uint8_t *const first = text + is_negative;
    const uint8_t *at = first;
    uint32_t significand = 0;
    while (at < end && at - first < DIGITS && (uint8_t)(*at - '0') <= 9) significand = significand * 10 + (*at++ - '0');
    const ptrdiff_t whole = at - first;
    if (whole == 0 || (whole > 1 && *first == '0')) return none;
    ptrdiff_t fraction = 0;
    if (at < end && *at == '.') {
        at++;
        for (; at < end && whole + fraction < DIGITS && (uint8_t)(*at - '0') <= 9; fraction++) {
            significand = significand * 10 + (*at++ - '0');
        }
        if (fraction == 0) return none;
    }
    float magnitude = (float)(int32_t)significand;
    // Below 2^24 every integer is a float32.
    if (fraction > 0 || significand >= 1 << 24) {
        const double value = significand * ct_powers[-fraction - CT_SMALLEST_POWER];
        if (!is_sure(value)) return none;
        magnitude = (float)value;
    }
    return (short_number){at, is_negative ? -magnitude : magnitude};
}
