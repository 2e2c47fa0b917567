#pragma once

// Numbers and base64 as text, one table of functions per instruction set. Sizes and positions are in octets unless a
// name says otherwise.

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Why `read_floats` stopped.
typedef enum ct_row_stop {
    /// At the row's `]`.
    CT_ROW_CLOSED,
    /// As many as were asked for; at the next element.
    CT_ROW_FULL,
    /// At an element, or something else, that a careful reader must look at.
    CT_ROW_CAREFUL,
} ct_row_stop;

/// What `read_floats` did.
typedef struct ct_row {
    /// Elements read.
    size_t count;
    /// Where the reader stands now.
    size_t position;
    ct_row_stop stop;
} ct_row;

enum {
    /// No number that `write_floats` or `write_integers` writes takes more, its comma included; they may overwrite what
    /// lies behind, within the room of one more number than they write.
    CT_NUMBER_ROOM = 32,
};

typedef struct ct_kernels {
    const char *name;

    /// Reads at most `limit` numbers of a JSON array from `text[position…]` on, correctly rounded to float32. It knows
    /// common numbers and spacing, never looks past `text[length - 1]`, and leaves all else to a careful reader,
    /// untouched.
    ct_row (*read_floats)(const uint8_t *text, size_t length, size_t position, float *elements, size_t limit);

    /// Writes each number, shortest, and a comma after each; gives the octets that takes. NaN and the infinities are
    /// written as strings.
    size_t (*write_floats)(const float *values, size_t count, uint8_t *text);

    /// The same for integers.
    size_t (*write_integers)(const int64_t *values, size_t count, uint8_t *text);

    /// Decodes groups of four characters into three octets until one is not in the alphabet; gives the number of
    /// characters decoded, a multiple of four. Writes exactly three octets for each four of those.
    size_t (*decode_base64)(const uint8_t *text, size_t length, uint8_t *octets);

    /// Encodes groups of three octets, `length` a multiple of three.
    void (*encode_base64)(const uint8_t *octets, size_t length, uint8_t *text);
} ct_kernels;

/// What `ct_read_nested` did.
typedef struct ct_nested {
    /// Behind the outermost `]`; 0 where a careful reader must look at it.
    size_t position;
    /// Elements read, and axes.
    size_t count, rank;
} ct_nested;

/// Reads a tensor of at most `limit` elements that is written as JSON arrays inside arrays, correctly rounded to float32,
/// and the extents of its axes, at most eight. It knows short numbers only, never looks past `text[length - 1]`, and
/// leaves all else to a careful reader: other numbers, empty arrays, and whatever is wrong.
ct_nested ct_read_nested(
    const uint8_t *text, size_t length, size_t position, float *elements, size_t limit, ptrdiff_t *extents);

/// The fastest table that this machine can run.
const ct_kernels *ct_kernels_best(void);

/// The table of that name (`avx512`, `avx2`, `portable`), NULL when this machine cannot run it.
const ct_kernels *_Nullable ct_kernels_named(const char *name);

#pragma clang assume_nonnull end
