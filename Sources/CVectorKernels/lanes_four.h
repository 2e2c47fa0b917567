// The vector vocabulary in four lanes by clang's vector extension: NEON, and any machine at all.
// HAS_FMA is defined before: 1 fuses the product into the sum, 0 rounds it first (no instruction for it here).
#pragma once

#define LANES 4
typedef float vec __attribute__((vector_size(16)));
typedef int vec_mask __attribute__((vector_size(16)));

static inline vec vec_set1(float value) { return (vec){value, value, value, value}; }
static inline vec vec_zero(void) { return vec_set1(0); }
static inline vec vec_load(const float *p) {
    vec v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}
static inline void vec_store(float *p, vec v) { __builtin_memcpy(p, &v, sizeof v); }

typedef struct lane_mask {
    int lo, hi;
} lane_mask;
/// Lanes lo…hi−1. 0 ≤ lo, hi ≤ LANES.
static inline lane_mask lanes_between(ptrdiff_t lo, ptrdiff_t hi) { return (lane_mask){(int)lo, (int)hi}; }
// Without masked instructions a partial vector is a loop; it stays out of line, for the kernels have hundreds of them.
static __attribute__((noinline)) vec load_some(const float *p, int lo, int hi, vec fill) {
    for (int lane = lo; lane < hi; lane++) fill[lane] = p[lane];
    return fill;
}
static __attribute__((noinline)) void store_some(float *p, vec v, ptrdiff_t count) {
    for (ptrdiff_t lane = 0; lane < count; lane++) p[lane] = v[lane];
}

/// The mask's lanes from memory, the others from `fill`; memory of the others is not touched.
static inline vec vec_load_masked(const float *p, lane_mask mask, vec fill) {
    return mask.lo == 0 && mask.hi == LANES ? vec_load(p) : load_some(p, mask.lo, mask.hi, fill);
}
/// Lanes 0…count−1 from memory, the others zero; memory of the others is not touched. 0 ≤ count ≤ LANES.
static inline vec vec_load_first(const float *p, ptrdiff_t count) {
    return count == LANES ? vec_load(p) : load_some(p, 0, (int)count, vec_zero());
}
static inline void vec_store_first(float *p, vec v, ptrdiff_t count) {
    if (count == LANES) vec_store(p, v);
    else store_some(p, v, count);
}

static inline vec vec_select(vec_mask mask, vec yes, vec no) {
    return (vec)((mask & (vec_mask)yes) | (~mask & (vec_mask)no));
}
/// Lanes 0…count−1 of v, the others zero.
static inline vec vec_keep_first(vec v, ptrdiff_t count) {
    const int n = (int)count;
    return vec_select((vec_mask){0, 1, 2, 3} < (vec_mask){n, n, n, n}, v, vec_zero());
}

static inline vec vec_fma(vec a, vec b, vec c) {
#if HAS_FMA
    return __builtin_elementwise_fma(a, b, c);
#else
    return a * b + c;
#endif
}
static inline vec vec_max(vec a, vec b) { return vec_select(a > b, a, b); }
/// As `vec_max`, but a NaN on either side stays.
static inline vec vec_max_nan(vec a, vec b) { return vec_select((a > b) | (a != a), a, b); }
static inline int vec_any_nan(vec v) {
    vec_mask unordered = v != v;
    return (unordered[0] | unordered[1] | unordered[2] | unordered[3]) != 0;
}

static inline vec vec_even(vec a, vec b) { return __builtin_shufflevector(a, b, 0, 2, 4, 6); }
static inline vec vec_odd(vec a, vec b) { return __builtin_shufflevector(a, b, 1, 3, 5, 7); }
/// Every third lane of a, b, c.
static inline vec vec_thirds(vec a, vec b, vec c) {
    vec ab = __builtin_shufflevector(a, b, 0, 3, 6, -1);
    return __builtin_shufflevector(ab, c, 0, 1, 2, 5);
}
/// The first and the second half of a₀ b₀ a₁ b₁ …
static inline vec vec_zip_low(vec a, vec b) { return __builtin_shufflevector(a, b, 0, 4, 1, 5); }
static inline vec vec_zip_high(vec a, vec b) { return __builtin_shufflevector(a, b, 2, 6, 3, 7); }
