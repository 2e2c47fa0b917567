// Small tensors: numbers, brackets and shape together.
#include "short_numbers.h"

enum { MOST_AXES = 8 };

ct_nested ct_read_nested(
    const uint8_t *text, size_t length, size_t position, float *elements, size_t limit, ptrdiff_t *extents) {
    const ct_nested careful = {0, 0, 0};
    const uint8_t *const end = text + length;
    const uint8_t *next = text + position;
    // Of each open array the items that are finished.
    ptrdiff_t counts[MOST_AXES];
    // Known with the first element.
    size_t rank = 0;
    size_t depth = 0, count = 0;
    while (1) {
        next = skip_spaces(next, end);
        if (next == end) return careful;
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
            const short_number number = read_short_number(next, end);
            if (number.end == NULL) return careful;
            elements[count++] = number.value;
            next = skip_spaces(number.end, end);
            if (next == end || *next != ',') break;
            next = skip_spaces(next + 1, end);
        }
        counts[depth - 1] = (ptrdiff_t)(count - first);
        // All arrays that end here.
        while (1) {
            if (next == end || *next != ']') return careful;
            next++;
            depth--;
            if (extents[depth] < 0) extents[depth] = counts[depth];
            if (extents[depth] != counts[depth]) return careful;
            if (depth == 0) return (ct_nested){(size_t)(next - text), count, rank};
            counts[depth - 1]++;
            next = skip_spaces(next, end);
            if (next < end && *next == ',') break;
        }
        next++;
    }
}
