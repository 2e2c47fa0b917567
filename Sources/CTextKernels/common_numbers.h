#pragma once

// Tables for writing sixteen common floats together: zeros, and those of a size from 2^-13 up to below 2^19, as nearly all
// are that a layer computes. Used where 128 octets can be permuted.

#include <stdint.h>

enum {
    CT_LEAST_COMMON_FIELD = 127 - 13,
    CT_COMMON_FIELDS = 32,
    /// A number has sixteen octets: a sign, three zeros, nine digits with the point between two of them, and the comma.
    CT_COMMON_FIRST = 4,
    CT_COMMON_LAST = 12,
    CT_COMMON_COMMA = 14,
};

typedef struct ct_common_tables {
    /// By the lower five bits of the exponent's field: half the distance of two neighbours, in units of
    /// 2^-32 · 10^(1 − n), where 10^-n is what the ninth digit counts.
    uint32_t powers[CT_COMMON_FIELDS];
    /// Likewise two masks of a number's octets: in the lower half the digits behind the point, as they stand before it is
    /// put in; in the upper half all but the point.
    uint32_t places[CT_COMMON_FIELDS];
    /// The two digits of a number below 100: the first in the lower four bits.
    uint8_t two_digits[128];
    /// The lanes that the floats take: the first, the ninth, the second, the tenth …
    uint32_t lanes[16];
    /// The 16-bit lanes of the lower halves of those lanes, in the floats' order; then of the upper halves of others.
    uint16_t order[32];
    /// Where the octets of four floats without their points come from: the first 64 are eight digits of eight floats, the
    /// next are four octets for each lane, `CT_COMMON_OTHERS`.
    uint8_t sources[4][64];
} ct_common_tables;

/// Beside the ninth digit.
#define CT_COMMON_OTHERS ('0' | '-' << 8 | ',' << 16 | '0' << 24)

extern ct_common_tables ct_common;
