#pragma once

// The innermost loops, one table of functions per instruction set. Extents and distances are in elements (floats)
// unless a name says otherwise; tensors are row-major, [channel][depth][height][width].

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// One number for each spatial axis.
typedef struct cv_extent {
    ptrdiff_t depth, height, width;
} cv_extent;

/// One group of a convolution with zero padding.
typedef struct cv_geometry {
    ptrdiff_t channels;
    ptrdiff_t outputs;
    cv_extent input, output, kernel, stride, dilation, padding;
} cv_geometry;

/// One register tile of a matrix product: C[rows][pixels] (+)= W[depth][rows]ᵀ · B[depth][pixels].
/// Lanes are pixels. Row k of B starts at `b + offsets[k]`; vector v of it `b_step`·v further on, read in full.
typedef struct cv_tile {
    const float *weights;
    const float *b;
    const ptrdiff_t *offsets;
    ptrdiff_t depth;
    ptrdiff_t b_step;
    float *c;
    /// From one row of C to the next, and from one vector to the next.
    ptrdiff_t c_row, c_step;
    /// Starting values of the rows; null means zero. Not read when `accumulates`.
    const float *_Nullable bias;
    /// C already holds a partial sum, to which this one is added once it is complete.
    int accumulates;
    /// 1…tile_rows and 1…tile_vectors.
    int rows, vectors;
    /// Pixels of C that exist in the vectors before the last, and in the last.
    int lanes, last_lanes;
    /// Where one more pixel is, from the first one on in B and in C; 0: there is none. Whole tiles alone can have one, and
    /// only where `tile_extra` says so.
    ptrdiff_t extra;
    /// When above zero, the sums are complete and become the nearest number from 0 to this; NaN stays.
    float ceiling;
} cv_tile;

/// The same product for few pixels: lanes are rows, the pixels are broadcast. Same order of summation as `cv_tile`.
typedef struct cv_narrow {
    /// `blocks` blocks, each [depth][tile_rows], `block_step` apart; eight floats past the last row can be read.
    const float *weights;
    ptrdiff_t block_step;
    const float *b;
    const ptrdiff_t *offsets;
    ptrdiff_t depth;
    float *c;
    ptrdiff_t c_row;
    const float *_Nullable bias;
    int accumulates;
    /// 1…8 pixels; `rows` rows in each block (all of them `tile_rows` when there is more than one block).
    int pixels, blocks, rows;
    /// As of a `cv_tile`.
    float ceiling;
} cv_narrow;

/// Which part of the im2col matrix to write: rows k of [channel][kz][ky][kx] order, columns in row-major output order.
typedef struct cv_panel {
    ptrdiff_t k_begin, k_end;
    ptrdiff_t pixel_begin, pixel_count;
    /// From one row of the panel to the next; at least `pixel_count` rounded up to whole vectors.
    ptrdiff_t pitch;
} cv_panel;

/// Rows of one plane parted into the phases of a stride: the positions p, p + stride, p + 2·stride… of an axis are phase p
/// of it. Written are [row phase][column phase][row][column], with zeros where there is padding.
typedef struct cv_phases {
    const float *input;
    /// A height of 0: zeros alone.
    ptrdiff_t height, width;
    /// Where the first position is in the input; negative in the padding.
    ptrdiff_t top, left;
    ptrdiff_t stride_y, stride_x;
    ptrdiff_t row_phases, column_phases;
    /// Of each phase.
    ptrdiff_t rows, columns;
    float *band;
    /// From one phase to the next.
    ptrdiff_t plane;
} cv_phases;

/// Rows of one plane convolved with one kernel: lanes are x.
typedef struct cv_rows {
    const float *input;
    float *output;
    /// [kernel height][kernel width]
    const float *weights;
    float bias;
    /// When above zero, sums become the nearest number from 0 to this; NaN stays.
    float ceiling;
    ptrdiff_t input_height, input_width, output_height, output_width;
    ptrdiff_t kernel_height, kernel_width, stride_y, stride_x, dilation_y, dilation_x, padding_y, padding_x;
    /// The output rows to write.
    ptrdiff_t row_begin, row_end;
} cv_rows;

/// The same rows of several planes, each with a kernel of its own.
typedef struct cv_planes {
    cv_rows first;
    ptrdiff_t count;
    /// From one plane to the next.
    ptrdiff_t input_step, output_step, weights_step;
    /// Of each plane; null: all have the first one's.
    const float *_Nullable biases;
} cv_planes;

/// Rows of one volume pooled: lanes are x.
typedef struct cv_pool {
    const float *input;
    float *output;
    cv_extent in, out, kernel, stride, dilation, padding;
    /// Whether the axis of depth is planes instead, each a volume of its own; windows have no depth then.
    int depth_is_planes;
    /// The output rows to write, counted over depth · height.
    ptrdiff_t row_begin, row_end;
    /// Averages only: divisors of a volume's axes, [out.depth · out.height] and [out.width], and one divided by each.
    const float *_Nullable row_divisors;
    const float *_Nullable column_divisors;
    const float *_Nullable row_reciprocals;
    const float *_Nullable column_reciprocals;
} cv_pool;

/// A Winograd transform along one axis: what it is called, and its numbers.
#define CV_AXIS(taps, stride, outputs) ((taps) * 64 + (stride) * 16 + (outputs))
typedef struct cv_axis {
    /// Input samples that a tile reads, products that it takes, and how many weights these have: from the last one on all
    /// points have the same.
    int samples, points, weights;
    /// Whether tiles side by side can have it along x, and a few tiles.
    int is_near, is_few;
} cv_axis;

/// Null when there is none for this kernel, stride and number of outputs.
const cv_axis *_Nullable cv_winograd_axis(ptrdiff_t taps, ptrdiff_t stride, ptrdiff_t outputs);

/// A rectangle of tiles of one plane, or of every d-th row of one.
///
/// Along x, tiles lie side by side; or, where samples are `run` elements apart, the tiles of all `run` first elements lie one
/// element apart, before the next such run of tiles begins.
typedef struct cv_tiles {
    /// Tiles, and the number of the first in its row of all tiles.
    ptrdiff_t rows, columns, column;
    /// 0 where tiles lie side by side.
    ptrdiff_t run;
    /// Its first tile's number in the block.
    ptrdiff_t first;
    /// The first row of the first channel, how many rows there are, elements of each, and from one to the next.
    const float *input;
    ptrdiff_t height, width, row_step;
    /// The first row of the first tile, and the first element of tile 0 of a row; negative in the padding.
    ptrdiff_t top, left;
    /// Row of the first tile's first output in the first channel, how many there are from there on, elements of each, and
    /// from one to the next.
    float *output;
    ptrdiff_t output_height, output_width, output_row_step;
} cv_tiles;

/// Transforms the tiles of all channels: [point][channel][tile]. `LANES` tiles past the last can be written.
typedef struct cv_winograd_input {
    int axis_y, axis_x;
    int samples_y, points_x;
    /// Input rows from one tile row to the next.
    ptrdiff_t step_y;
    const cv_tiles *parts;
    ptrdiff_t part_count;
    ptrdiff_t channels;
    /// Input elements from one channel to the next.
    ptrdiff_t plane;
    float *tiles;
    ptrdiff_t point, channel;
    /// Working memory, [step_y][points_x][rows_pitch].
    float *rows;
    ptrdiff_t rows_pitch;
} cv_winograd_input;

/// At each point, products [row][tile] = weights [row][channel] · tiles [channel][tile].
typedef struct cv_winograd_product {
    ptrdiff_t points, rows, channels, count;
    /// Each channel's product has so many taps along the depth, which find their tiles so far from the channel's first.
    ptrdiff_t taps;
    const ptrdiff_t *tap_tiles;
    /// Channels times taps that are summed in registers before they are added to the rest.
    ptrdiff_t chunk;
    /// Tiles beside whole vectors that are broadcast at most; more take a vector.
    ptrdiff_t narrow_tiles;
    /// [point][block of rows][channel][tap][row]; eight floats past the last row can be read.
    const float *weights;
    ptrdiff_t weights_point;
    const float *tiles;
    ptrdiff_t tiles_point, tiles_channel;
    float *products;
    ptrdiff_t products_point, channel;
} cv_winograd_product;

/// Transforms products back and writes the outputs.
typedef struct cv_winograd_output {
    int axis_y, axis_x;
    int outputs_y, points_x;
    const cv_tiles *parts;
    ptrdiff_t part_count;
    /// Output channels, and tiles of the block.
    ptrdiff_t first_channel, channels, count;
    /// Which of these channels is written first, less than `channels`.
    ptrdiff_t turn;
    /// Output elements from one channel to the next.
    ptrdiff_t plane;
    const float *products;
    ptrdiff_t point, channel;
    const float *_Nullable bias;
    /// Working memory, [outputs_y][points_x][rows_pitch].
    float *rows;
    ptrdiff_t rows_pitch;
} cv_winograd_output;

/// Transforms the weights of up to a tile's height of output channels, [channel][taps_y][taps_x][row]. Of rows beyond the
/// last, up to eight in all are read and written; what they are does not matter.
typedef struct cv_winograd_weights {
    int axis_y, axis_x;
    ptrdiff_t taps_y, taps_x, points_y, rows, channels;
    const float *weights;
    /// [point][channel][row], points `point` apart: at least eight floats more than they have.
    float *transformed;
    ptrdiff_t point;
} cv_winograd_weights;

/// A function of each element by itself.
typedef enum cv_function {
    CV_RELU,
    CV_RELU6,
    /// The parameter is the negative side's slope.
    CV_LEAKY_RELU,
    /// The parameter is alpha.
    CV_ELU,
    CV_SELU,
    CV_GELU,
    CV_GELU_TANH,
    CV_SILU,
    CV_MISH,
    CV_SIGMOID,
    CV_TANH,
    CV_SOFTPLUS,
    CV_HARDSIGMOID,
    CV_HARDSWISH,
} cv_function;

/// x / (k + factor · Σx²)^beta, the sum over the channels from `before` before to `after` after.
typedef struct cv_local_response {
    ptrdiff_t channels, inner, before, after;
    double factor, beta, k;
} cv_local_response;

/// Part of a matrix product of rows with rows: output[row][o] = bias[o] + Σ input[row][i] · weights[o][i].
typedef struct cv_dots {
    /// [rows][depth]
    const float *input;
    /// [outputs][depth]
    const float *weights;
    const float *_Nullable bias;
    /// [rows][outputs]
    float *output;
    ptrdiff_t depth, outputs;
    /// What to write.
    ptrdiff_t row_begin, row_end, output_begin, output_end;
} cv_dots;

/// A few tiles, lanes are output channels: products and outputs of as many as a vector has lanes.
typedef struct cv_winograd_few {
    int axis_y, axis_x;
    int outputs_y, points_y, weights_y;
    ptrdiff_t channels;
    /// As of `cv_winograd_product`.
    ptrdiff_t taps;
    const ptrdiff_t *tap_tiles;
    /// [weight along y][tap along the depth][channel][tap along x][lane]
    const float *weights;
    /// From one tap along the depth to the next.
    ptrdiff_t weights_tap;
    /// As `cv_winograd_input` makes them of `input_parts`; output tiles of the block.
    const float *tiles;
    ptrdiff_t point, channel, count;
    const cv_tiles *input_parts, *parts;
    ptrdiff_t input_part_count, part_count;
    /// The first output channel, and how many lanes there are.
    ptrdiff_t first_output, outputs;
    /// Output elements from one channel to the next.
    ptrdiff_t plane;
    /// Of the first output channel.
    const float *_Nullable bias;
    /// Working memory, [points_y][4][count][lanes].
    float *rows;
} cv_winograd_few;

/// Transforms their weights, [output channel][channel][tap along the depth][taps_y][taps_x], `row` floats from one output
/// channel to the next.
typedef struct cv_winograd_few_weights {
    int axis_y, axis_x;
    /// As of `cv_winograd_few`.
    int weights_y;
    ptrdiff_t taps, taps_y, taps_x, channels, outputs, row;
    const float *weights;
    float *transformed;
} cv_winograd_few_weights;

/// Output pixels that one tap reaches from inside the input, or some of them.
typedef struct cv_pixel_run {
    ptrdiff_t tap;
    /// In the lists of pixels.
    ptrdiff_t first, count;
    /// As many or more, for which there is code.
    ptrdiff_t together;
    /// Where its gathered pixels begin, in floats.
    ptrdiff_t panel;
} cv_pixel_run;

/// Few output pixels of one group, lanes are output channels: as many as a vector has lanes.
typedef struct cv_few_pixels {
    ptrdiff_t channels;
    /// Channels that are summed in registers before they are added to the rest.
    ptrdiff_t chunk;
    /// By tap.
    const cv_pixel_run *runs;
    ptrdiff_t run_count;
    /// Which output pixels they are, and where in a plane of the input they read.
    const int32_t *outputs_of, *inputs_of;
    /// First channel of the group.
    const float *input;
    ptrdiff_t input_plane;
    /// Of each run [channel][pixel].
    float *panel;
    /// [tap][channel][lane]
    const float *weights;
    const float *_Nullable bias;
    /// Output pixels, and lanes that exist.
    ptrdiff_t plane, outputs;
    float *output;
    /// Working memory, [pixel][lane].
    float *sums;
} cv_few_pixels;

/// A filter of one to five taps down the columns, which is a part of a kernel.
typedef struct cv_row_filter {
    int taps;
    /// Of the kernel, and its place down the input.
    int first_tap;
    ptrdiff_t first_row;
    /// Where its points are in working memory.
    ptrdiff_t rows;
} cv_row_filter;

/// Four output rows of some output channels, by Winograd's filtering down the columns.
typedef struct cv_winograd_rows {
    const cv_row_filter *filters;
    ptrdiff_t filter_count;
    /// First channel of the group.
    const float *input;
    ptrdiff_t channels, input_depth, input_height, input_width;
    /// Where the first output reads: z, y, and how far left of the input.
    ptrdiff_t front, top, padding_x;
    ptrdiff_t kernel_depth, dilation_z;
    /// Rows from one sample of a filter to the next.
    ptrdiff_t sample_step;
    ptrdiff_t stride_x;
    /// Working memory, for each filter [point][channel][kernel depth][phase of stride_x][column]: whole vectors of
    /// columns, `point` floats from one point to the next.
    float *rows;
    ptrdiff_t phases, columns, point;
    /// Where the taps of [channel][kernel depth][kernel width] lie in a point.
    const ptrdiff_t *offsets;
    ptrdiff_t depth;
    /// [group of output channels][filter][tap][point][output channel]
    const float *weights;
    ptrdiff_t weights_step;
    const float *_Nullable bias;
    /// The first of the rows in the first output channel; `output_rows` of the four exist.
    float *output;
    ptrdiff_t output_plane, output_row_step, output_rows, output_width;
    /// The first is a multiple of what a group of output channels holds.
    ptrdiff_t first_output, end_output;
} cv_winograd_rows;

/// Transforms the weights of one group of output channels.
typedef struct cv_row_weights {
    const cv_row_filter *filters;
    ptrdiff_t filter_count;
    /// [output channel][plane][kernel height][kernel width], `row` floats from one output channel to the next.
    const float *weights;
    ptrdiff_t row, outputs, planes, kernel_height, kernel_width;
    /// Kernel rows from one tap of a filter to the next.
    ptrdiff_t tap_step;
    float *transformed;
} cv_row_weights;

/// The kernels of one instruction set.
typedef struct cv_kernels {
    const char *name;
    /// Floats in a vector.
    int lanes;
    /// The largest register tile: output channels × vectors of pixels.
    int tile_rows, tile_vectors;
    /// Whether a tile of so many rows and vectors can have one more pixel.
    int tile_extra;
    /// Up to how many left-over pixels `narrow` beats one more vector.
    int narrow_pixels;

    void (*tile)(const cv_tile *);
    void (*narrow)(const cv_narrow *);
    /// Gathers input pixels; each vector is stored in full, so `lanes` floats past the panel's end can be written.
    void (*pack_panel)(const cv_geometry *, const float *input, const cv_panel *, float *panel);
    void (*fill_phases)(const cv_phases *);
    /// `rows` rows of `count` floats, which lie apart as said.
    void (*copy_rows)(float *dst, ptrdiff_t dst_row, const float *src, ptrdiff_t src_row, ptrdiff_t rows, ptrdiff_t count);
    /// dst[k][row] = src[row][k], `rows` ≤ tile_rows.
    void (*pack_weights)(float *dst, const float *src, ptrdiff_t src_row, ptrdiff_t depth, ptrdiff_t rows);
    /// One output channel by plain loops that skip padding: no product with a padded zero is ever formed.
    void (*plain)(const cv_geometry *, const float *input, const float *weights, float bias, float *output);
    void (*rows)(const cv_rows *);
    void (*planes)(const cv_planes *);
    /// Planes with kernels of seven by seven, stride and dilation 1, by Winograd's filtering; null where registers are few.
    void (*_Nullable filtered_planes)(const cv_planes *);
    /// Of how many planes like this one `planes` makes the most, or a multiple.
    ptrdiff_t (*planes_together)(const cv_rows *);
    void (*winograd_weights)(const cv_winograd_weights *);
    void (*winograd_input)(const cv_winograd_input *);
    void (*winograd_product)(const cv_winograd_product *);
    /// Whether an output is infinite or NaN.
    int (*winograd_output)(const cv_winograd_output *);
    void (*winograd_few_weights)(const cv_winograd_few_weights *);
    /// Whether an output is infinite or NaN.
    int (*winograd_few)(const cv_winograd_few *);
    /// How many pixels go together with so many; 0: too many.
    ptrdiff_t (*few_pixels_together)(ptrdiff_t);
    void (*few_pixels_weights)(const float *weights, ptrdiff_t outputs, ptrdiff_t channels, ptrdiff_t taps, float *packed);
    void (*few_pixels_panel)(const cv_few_pixels *);
    void (*few_pixels)(const cv_few_pixels *);
    /// Output channels in a group, and in one of filters of five taps.
    int row_channels, row_channels_5;
    void (*winograd_row_weights)(const cv_row_weights *);
    /// Whether an output is infinite or NaN.
    int (*winograd_rows)(const cv_winograd_rows *);
    /// Maximum; a NaN in the window wins.
    void (*pool_maximum)(const cv_pool *);
    void (*pool_average)(const cv_pool *);
    /// Maximum, and where in the unpadded volume it stands: ties take the first, NaNs the last. Every window has an element;
    /// the volume has fewer than 2³⁰ elements.
    void (*pool_indexed)(const cv_pool *, int64_t *indices);
    /// Adaptive pooling: of the struct, kernel, stride and padding are not read, and the dilation must be 1.
    void (*adaptive_maximum)(const cv_pool *);
    void (*adaptive_average)(const cv_pool *);
    /// As `pool_indexed`.
    void (*adaptive_indexed)(const cv_pool *, int64_t *indices);
    /// `input` and `output` may be the same. Errors are at most 3 units in the last place, of gelu 7.
    void (*activate)(cv_function, float parameter, const float *input, ptrdiff_t count, float *output);
    /// The nearest number from `low` to `high`; `high` where they cross, NaN where there is one.
    void (*bounded)(const float *, ptrdiff_t count, float low, float high, float *output);
    /// exp(x − max) / Σ exp(x − max) of each row of `length` ≥ 1 elements, or its logarithm.
    void (*softmax_rows)(const float *input, ptrdiff_t length, ptrdiff_t rows, int is_logarithmic, float *output);
    /// The same of columns side by side, whose elements are `step` apart.
    void (*softmax_columns)(const float *input, ptrdiff_t length, ptrdiff_t step, ptrdiff_t columns, int is_logarithmic,
                            float *output);
    /// Σx and Σ(x − centre)², in lanes of float32 for some thousand elements, beyond that in float64.
    double (*total)(const float *, ptrdiff_t count);
    double (*squares)(const float *, ptrdiff_t count, double centre);
    /// (x − mean) · scale + shift
    void (*affine)(const float *, ptrdiff_t count, double mean, float scale, float shift, float *output);
    /// (x − mean) · scale · weight[i] + bias[i]
    void (*affine_each)(const float *, ptrdiff_t count, double mean, float scale, const float *_Nullable weight,
                        const float *_Nullable bias, float *output);
    /// Columns begin…end − 1 of [channels][inner].
    void (*local_response)(const cv_local_response *, const float *input, ptrdiff_t begin, ptrdiff_t end, float *output);
    void (*add)(const float *, const float *, ptrdiff_t count, float *output);
    void (*multiply)(const float *, const float *, ptrdiff_t count, float *output);
    /// (1 − t) · a + t · b
    void (*blend)(const float *a, const float *b, float t, ptrdiff_t count, float *output);
    /// output[i] = (1 − t[i]) · row[first[i]] + t[i] · row[second[i]]
    void (*blend_columns)(const float *row, const int32_t *first, const int32_t *second, const float *t, ptrdiff_t count,
                          float *output);
    /// output[i] = row[columns[i]]
    void (*pick_columns)(const float *row, const int32_t *columns, ptrdiff_t count, float *output);
    /// 2 · count elements: those of two rows by turns; and halfway between those of one, a quarter and three quarters.
    void (*mix_columns)(const float *a, const float *b, ptrdiff_t count, float *output);
    void (*double_columns)(const float *row, ptrdiff_t count, float *output);
    void (*dots)(const cv_dots *);
    /// 12 · lanes products and as many sums a round, at the core's peak; for measurements.
    float (*multiply_add)(ptrdiff_t rounds);
    /// |x|ᵖ of each element.
    void (*powers)(const float *, ptrdiff_t count, double exponent, float *output);
    /// The roots, 1st to 4th, of sums of powers, in place. Infinite sums, and those below 10⁻³⁰, which may have lost digits,
    /// become −1; whether there are any.
    int (*roots)(float *, ptrdiff_t count, int exponent);
    /// Of each of `planes` runs of `count` ≥ 1 elements: its sum divided by `divisor`, its maximum (a NaN stays).
    void (*averages)(const float *, ptrdiff_t count, ptrdiff_t planes, float divisor, float *output);
    void (*maxima)(const float *, ptrdiff_t count, ptrdiff_t planes, float *output);
    /// Whether any element is infinite or NaN.
    int (*has_nonfinite)(const float *, ptrdiff_t count);
} cv_kernels;

/// By name: "avx512", "avx2", "neon", "portable"; null when this build or this machine cannot run it.
const cv_kernels *_Nullable cv_kernels_named(const char *name);

/// The fastest that this machine can run.
const cv_kernels *cv_kernels_best(void);

/// Asks the system for pages of 2 MiB where memory not yet touched has whole ones: less to look up, and much less to do
/// when it is first written.
void cv_prefer_large_pages(void *memory, size_t bytes);

/// Tells the core that a thread is spinning.
void cv_spin_hint(void);

/// Processors that the calling thread may run on; 0 when the system does not say.
int cv_affinity_count(void);

/// Keeps the calling thread, and threads it makes later, on the processor it runs on now. 0 when that fails.
int cv_pin_to_one_processor(void);

#pragma clang assume_nonnull end
