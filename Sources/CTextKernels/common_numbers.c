#include "common_numbers.h"

#if defined(__x86_64__)

ct_common_tables ct_common;

/// Before anything can be written.
__attribute__((constructor)) static void fill_common(void) {
    for (int field = CT_LEAST_COMMON_FIELD; field < CT_LEAST_COMMON_FIELD + CT_COMMON_FIELDS; field++) {
        // Two neighbours are 2^q apart, which is at least 10^-n.
        const int q = field - 150, n = -(q * 1262611 >> 22);
        uint64_t five = 1;
        for (int i = 1; i < n; i++) five *= 5;
        ct_common.powers[field % CT_COMMON_FIELDS] = (uint32_t)(five << (q + n + 30));
        const int point = CT_COMMON_LAST + 1 - n;
        const uint32_t behind = 0xFFFFu << point & 0xFFFF, characters = (2u << CT_COMMON_COMMA) - 1 - (1u << point);
        ct_common.places[field % CT_COMMON_FIELDS] = behind | characters << 16;
    }
    for (int value = 0; value < 100; value++) ct_common.two_digits[value] = (uint8_t)(value / 10 | value % 10 << 4);
    for (int n = 0; n < 16; n++) {
        const int lane = n % 8 * 2 + n / 8;
        ct_common.lanes[lane] = (uint32_t)n;
        ct_common.order[n] = (uint16_t)(2 * lane);
        ct_common.order[16 + n] = (uint16_t)(32 + 2 * lane + 1);
        uint8_t *place = ct_common.sources[n / 4] + n % 4 * CT_COMMON_COMMA;
        *place++ = 64 + 1;
        while (place < ct_common.sources[n / 4] + n % 4 * CT_COMMON_COMMA + CT_COMMON_FIRST) *place++ = 64 + 3;
        for (int digit = 0; digit < 8; digit++) *place++ = (uint8_t)(8 * (n % 8) + digit);
        *place++ = (uint8_t)(64 + 4 * lane);
        *place++ = 64 + 2;
    }
}
#endif
