// Runs the kernels of an instruction set, NEON unless an argument names another, beside the portable ones: the same inputs
// must give the same results but for the rounding of fused products.
#include "kernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLOATS = 1 << 14 };

static const cv_kernels *tables[2];
static float input[FLOATS], other[FLOATS], results[2][FLOATS];
static int64_t places[2][FLOATS];
static int failures, checks;

static void fill(float *p, unsigned seed, float scale) {
    for (int i = 0; i < FLOATS; i++) {
        seed = seed * 1664525u + 1013904223u;
        p[i] = ((float)(seed >> 8) / (1 << 23) - 1) * scale;
    }
}

static void compare(const char *what, int detail) {
    checks++;
    for (int i = 0; i < FLOATS; i++) {
        const float a = results[0][i], b = results[1][i];
        const int same = a == b || (isnan(a) && isnan(b)) || fabsf(a - b) <= 2e-5f * fmaxf(1, fabsf(b));
        if (same && places[0][i] == places[1][i]) continue;
        printf("%s (%d): element %d is %g, should be %g (places %lld, %lld)\n", what, detail, i, a, b,
               (long long)places[0][i], (long long)places[1][i]);
        failures++;
        return;
    }
}

/// Runs CODE with each table K, the results in OUT.
#define BOTH(what, detail, ...) \
    do { \
        memset(results, 0, sizeof results); \
        memset(places, 0, sizeof places); \
        for (int side = 0; side < 2; side++) { \
            const cv_kernels *k = tables[side]; \
            float *out = results[side]; \
            int64_t *where = places[side]; \
            (void)where; \
            __VA_ARGS__; \
        } \
        compare(what, detail); \
    } while (0)

static void pools(void) {
    for (int kernel = 1; kernel <= 9; kernel++) {
        for (int stride = 1; stride <= 5; stride++) {
            for (int width = 9; width <= 37; width += 7) {
                const ptrdiff_t pad = kernel / 2, size = (width + 2 * pad - kernel) / stride + 1;
                float ones[64];
                for (int i = 0; i < 64; i++) ones[i] = 1;
                cv_pool p = {.in = {1, 11, width}, .kernel = {1, kernel, kernel}, .stride = {1, stride, stride},
                             .dilation = {1, 1, 1}, .padding = {0, pad, pad}, .row_begin = 0,
                             .row_divisors = ones, .column_divisors = ones, .row_reciprocals = ones,
                             .column_reciprocals = ones, .input = input};
                p.out = (cv_extent){1, (11 + 2 * pad - kernel) / stride + 1, size};
                p.row_end = p.out.height;
                const int detail = kernel * 10000 + stride * 1000 + width;
                BOTH("pool_maximum", detail, (p.output = out, k->pool_maximum(&p)));
                BOTH("pool_average", detail, (p.output = out, k->pool_average(&p)));
                BOTH("pool_indexed", detail, (p.output = out, k->pool_indexed(&p, where)));
                p.out = (cv_extent){1, kernel, stride + 1};
                p.row_end = kernel;
                BOTH("adaptive_maximum", detail, (p.output = out, k->adaptive_maximum(&p)));
                BOTH("adaptive_average", detail, (p.output = out, k->adaptive_average(&p)));
            }
        }
    }
}

static void elementwise(void) {
    for (int count = 1; count < 40; count++) {
        for (int function = CV_RELU; function <= CV_HARDSWISH; function++) {
            BOTH("activate", function, k->activate((cv_function)function, 0.3f, input, count, out));
        }
        BOTH("softmax_rows", count, k->softmax_rows(input, count, 3, 0, out));
        BOTH("log_softmax_rows", count, k->softmax_rows(input, count, 3, 1, out));
        BOTH("softmax_columns", count, k->softmax_columns(input, 5, 40, count, 0, out));
        BOTH("moments", count, (out[0] = (float)k->total(input, count), out[1] = (float)k->squares(input, count, 0.25)));
        BOTH("affine", count, k->affine(input, count, 0.1, 2, 3, out));
        BOTH("affine_each", count, k->affine_each(input, count, 0.1, 2, other, input, out));
        BOTH("add", count, k->add(input, other, count, out));
        BOTH("multiply", count, k->multiply(input, other, count, out));
        BOTH("blend", count, k->blend(input, other, 0.25f, count, out));
        BOTH("mix_columns", count, k->mix_columns(input, other, count, out));
        BOTH("double_columns", count, k->double_columns(input, count, out));
        BOTH("averages", count, k->averages(input, count, 5, 2, out));
        BOTH("maxima", count, k->maxima(input, count, 5, out));
        BOTH("powers", count, k->powers(input, count, 3, out));
        cv_local_response response = {.channels = 7, .inner = 40, .before = 2, .after = 2, .factor = 0.1, .beta = 0.75, .k = 1};
        BOTH("local_response", count, k->local_response(&response, input, 0, count, out));
        cv_dots dots = {.input = input, .weights = other, .depth = count, .outputs = 9, .row_end = 5, .output_end = 9};
        BOTH("dots", count, (dots.output = out, k->dots(&dots)));
    }
}

static void rows(void) {
    for (int kernel = 1; kernel <= 7; kernel++) {
        for (int stride = 1; stride <= 3; stride++) {
            for (int width = 7; width < 40; width += 5) {
                const ptrdiff_t pad = kernel / 2;
                cv_rows r = {.input = input, .weights = other, .bias = 0.5f, .input_height = 13, .input_width = width,
                             .kernel_height = kernel, .kernel_width = kernel, .stride_y = stride, .stride_x = stride,
                             .dilation_y = 1, .dilation_x = 1, .padding_y = pad, .padding_x = pad};
                r.output_height = (13 + 2 * pad - kernel) / stride + 1;
                r.output_width = (width + 2 * pad - kernel) / stride + 1;
                r.row_end = r.output_height;
                BOTH("rows", kernel * 1000 + stride * 100 + width, (r.output = out, k->rows(&r)));
            }
        }
    }
}

/// Tiles of different sizes in either table, so each packs its own weights: C[6][20] of depth 30.
static void tiles(void) {
    enum { ROWS = 6, COLUMNS = 20, DEPTH = 30 };
    ptrdiff_t offsets[DEPTH];
    for (int i = 0; i < DEPTH; i++) offsets[i] = i * 64;
    BOTH("tile", 0, {
        for (int row = 0; row < ROWS; row += k->tile_rows) {
            for (int column = 0; column < COLUMNS; column += k->lanes) {
                float packed[DEPTH * 16 + 16];
                const int count = ROWS - row < k->tile_rows ? ROWS - row : k->tile_rows;
                k->pack_weights(packed, other + row * DEPTH, DEPTH, DEPTH, count);
                const int lanes = COLUMNS - column < k->lanes ? COLUMNS - column : k->lanes;
                cv_tile tile = {.weights = packed, .b = input + column, .offsets = offsets, .depth = DEPTH,
                                .b_step = k->lanes, .c = out + row * COLUMNS + column, .c_row = COLUMNS,
                                .c_step = k->lanes, .rows = count, .vectors = 1, .lanes = lanes, .last_lanes = lanes};
                k->tile(&tile);
            }
        }
    });
}

int main(int count, char **arguments) {
    const char *name = count > 1 ? arguments[1] : "neon";
    tables[0] = cv_kernels_named(name);
    tables[1] = cv_kernels_named("portable");
    if (!tables[0]) return printf("this machine does not run %s\n", name), 1;
    fill(input, 1, 4);
    fill(other, 2, 1);
    pools();
    elementwise();
    rows();
    tiles();
    input[100] = NAN;
    input[300] = INFINITY;
    input[301] = -INFINITY;
    pools();
    printf("%d comparisons of %s with portable kernels, %d failed\n", checks, name, failures);
    return failures > 0;
}
