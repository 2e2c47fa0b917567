// Small tensors: numbers, brackets and shape together.
#include "short_numbers.h"

enum { MOST_AXES = 8 };

/// What stops at an octet that is no part of a number and no space.
ALWAYS_INLINE const uint8_t *skip_spaces_within(const uint8_t *text) {
    while (*text <= ' ' && is_space(*text)) text++;
    return text;
}

/// As `read_short_number`, of a text that does not end with it.
ALWAYS_INLINE short_number read_number_within(const uint8_t *text, const uint8_t *end) {
    uint32_t digit = (uint32_t)*text - '0';
    // Most numbers of a small tensor by hand have one digit.
    if (digit <= 9 && (text[1] == ',' || text[1] == ']')) return (short_number){text + 1, (float)(int32_t)digit};
    return read_short_number(text, end);
}

ct_nested ct_read_nested(
    const uint8_t *text, size_t length, size_t position, float *elements, size_t limit, ptrdiff_t *extents) {
    const ct_nested careful = {0, 0, 0};
    // Behind the last bracket nothing is looked at; no number and no space goes past it.
    while (length > position && is_space(text[length - 1])) length--;
    if (length == position || (text[length - 1] != ']' && text[length - 1] != '}')) return careful;
    const uint8_t *const end = text + length;
    const uint8_t *next = text + position;
    // Of each open array the items that are finished.
    ptrdiff_t counts[MOST_AXES];
    // Known with the first element.
    size_t rank = 0;
    size_t depth = 0, count = 0;
    while (1) {
        next = skip_spaces_within(next);
        if (*next == '[') {
            if (depth == (rank ? rank : MOST_AXES)) return careful;
            extents[depth] = rank ? extents[depth] : -1;
            counts[depth++] = 0;
            next++;
            continue;
        }
        rank = rank ? rank : depth;
        if (depth == 0 || depth != rank) return careful;
        const size_t first = count;
        while (1) {
            if (count == limit) return careful;
            const short_number number = read_number_within(next, end);
            if (number.end == NULL) return careful;
            elements[count++] = number.value;
            next = skip_spaces_within(number.end);
            if (*next != ',') break;
            next = skip_spaces_within(next + 1);
        }
        counts[depth - 1] = (ptrdiff_t)(count - first);
        // All arrays that end here.
        while (1) {
            if (*next != ']') return careful;
            next++;
            depth--;
            if (extents[depth] < 0) extents[depth] = counts[depth];
            if (extents[depth] != counts[depth]) return careful;
            if (depth == 0) return (ct_nested){(size_t)(next - text), count, rank};
            if (next == end) return careful;
            counts[depth - 1]++;
            next = skip_spaces_within(next);
            if (*next == ',') break;
        }
        next++;
    }
}
