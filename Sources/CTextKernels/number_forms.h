#pragma once

// Where the characters of a number stand that fits into sixteen octets with its sign and the comma behind it: found by
// one shuffle of sixteen others, instead of by storing piece after piece.

#include <stdint.h>

enum {
    /// Digits before the decimal point in plain forms: from three zeros behind it to five zeros before it.
    CT_LEAST_BEFORE = -3,
    CT_MOST_BEFORE = 14,
    /// Forms by the digits before the point; then with an exponent of one digit or two below zero, and of two above.
    CT_FORM_DOWN1 = CT_MOST_BEFORE - CT_LEAST_BEFORE + 1,
    CT_FORM_DOWN2,
    CT_FORM_UP2,
    CT_FORMS,
    /// Each form with 0 to 8 digits after the first, and without or with a sign.
    CT_FORM_VARIANTS = 9 * 2,
};

/// What is shuffled: eight digits, the first digit, and these.
enum {
    CT_AT_FIRST = 8, CT_AT_POINT, CT_AT_SIGN, CT_AT_COMMA, CT_AT_ZERO, CT_AT_E, CT_AT_TENS, CT_AT_ONES,
};

/// A first digit of 0 and the characters after it, an exponent of 00 among them.
#define CT_OTHERS UINT64_C(0x303065302C2D2E30)

/// The octet to take for each octet of the text; above 127 behind its end.
extern uint8_t ct_number_forms[CT_FORMS * CT_FORM_VARIANTS][16];
/// Octets of the text, the comma included.
extern uint8_t ct_number_lengths[CT_FORMS * CT_FORM_VARIANTS];
