// Used where sixteen octets can be shuffled.
#include "number_forms.h"

#if defined(__x86_64__)

#include <string.h>

uint8_t ct_number_forms[CT_FORMS * CT_FORM_VARIANTS][16];
uint8_t ct_number_lengths[CT_FORMS * CT_FORM_VARIANTS];

/// The nth digit; zeros follow the last.
static uint8_t digit(int n, int count) {
    return n == 0 ? CT_AT_FIRST : n <= count ? (uint8_t)(n - 1) : CT_AT_ZERO;
}

/// The form of a number with `count` digits after the first; gives its length.
static uint8_t fill(uint8_t *places, int form, int count, int is_negative) {
    uint8_t *const start = places;
    if (is_negative) *places++ = CT_AT_SIGN;
    // With an exponent one digit stands before the point.
    const int before = form < CT_FORM_DOWN1 ? form + CT_LEAST_BEFORE : 1;
    if (before <= 0) {
        *places++ = CT_AT_ZERO;
        *places++ = CT_AT_POINT;
        for (int zero = before; zero < 0; zero++) *places++ = CT_AT_ZERO;
        for (int n = 0; n <= count; n++) *places++ = digit(n, count);
    } else {
        for (int n = 0; n < before; n++) *places++ = digit(n, count);
        if (count >= before) *places++ = CT_AT_POINT;
        for (int n = before; n <= count; n++) *places++ = digit(n, count);
    }
    if (form >= CT_FORM_DOWN1) {
        *places++ = CT_AT_E;
        if (form != CT_FORM_UP2) *places++ = CT_AT_SIGN;
        if (form != CT_FORM_DOWN1) *places++ = CT_AT_TENS;
        *places++ = CT_AT_ONES;
    }
    *places++ = CT_AT_COMMA;
    return (uint8_t)(places - start);
}

/// Before anything can be written.
__attribute__((constructor)) static void fill_forms(void) {
    memset(ct_number_forms, 0xFF, sizeof ct_number_forms);
    for (int form = 0; form < CT_FORMS; form++) {
        for (int count = 0; count <= 8; count++) {
            for (int is_negative = 0; is_negative < 2; is_negative++) {
                const int variant = form * CT_FORM_VARIANTS + 2 * count + is_negative;
                ct_number_lengths[variant] = fill(ct_number_forms[variant], form, count, is_negative);
            }
        }
    }
}
#endif
