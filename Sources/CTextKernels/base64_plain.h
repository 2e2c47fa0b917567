#pragma once

// Base64 a group at a time.

#include "octets.h"
#include "tables.h"

/// Decodes from `text[done]` on.
ALWAYS_INLINE size_t decode_base64_plainly(const uint8_t *text, size_t done, size_t length, uint8_t *octets) {
    for (octets += done / 4 * 3; done + 4 <= length; done += 4, octets += 3) {
        const uint8_t a = ct_base64_values[text[done]], b = ct_base64_values[text[done + 1]];
        const uint8_t c = ct_base64_values[text[done + 2]], d = ct_base64_values[text[done + 3]];
        if ((a | b | c | d) > 63) break;
        octets[0] = (uint8_t)(a << 2 | b >> 4);
        octets[1] = (uint8_t)(b << 4 | c >> 2);
        octets[2] = (uint8_t)(c << 6 | d);
    }
    return done;
}

ALWAYS_INLINE void encode_base64_plainly(const uint8_t *octets, size_t length, uint8_t *text) {
    for (size_t i = 0; i + 3 <= length; i += 3, text += 4) {
        const uint32_t bits = (uint32_t)octets[i] << 16 | (uint32_t)octets[i + 1] << 8 | octets[i + 2];
        text[0] = ct_base64_alphabet[bits >> 18];
        text[1] = ct_base64_alphabet[bits >> 12 & 63];
        text[2] = ct_base64_alphabet[bits >> 6 & 63];
        text[3] = ct_base64_alphabet[bits & 63];
    }
}
