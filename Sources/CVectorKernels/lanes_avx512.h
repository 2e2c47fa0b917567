// The vector vocabulary in AVX-512: 16 lanes, masks for free.
#pragma once

#define LANES 16
#define HAS_FMA 1
typedef __m512 vec;

static inline vec vec_zero(void) { return _mm512_setzero_ps(); }
static inline vec vec_set1(float value) { return _mm512_set1_ps(value); }
static inline vec vec_load(const float *p) { return _mm512_loadu_ps(p); }
static inline void vec_store(float *p, vec v) { _mm512_storeu_ps(p, v); }

static inline __mmask16 first_lanes(ptrdiff_t count) { return (__mmask16)_bzhi_u32(0xffff, (unsigned)count); }

/// Lanes 0…count−1 from memory, the others zero; memory of the others is not touched. 0 ≤ count ≤ LANES.
static inline vec vec_load_first(const float *p, ptrdiff_t count) {
    return _mm512_maskz_loadu_ps(first_lanes(count), p);
}
static inline void vec_store_first(float *p, vec v, ptrdiff_t count) {
    _mm512_mask_storeu_ps(p, first_lanes(count), v);
}
typedef __mmask16 lane_mask;
/// Lanes lo…hi−1. 0 ≤ lo, hi ≤ LANES.
static inline lane_mask lanes_between(ptrdiff_t lo, ptrdiff_t hi) { return first_lanes(hi) & ~first_lanes(lo); }
/// The mask's lanes from memory, the others from `fill`; memory of the others is not touched.
static inline vec vec_load_masked(const float *p, lane_mask mask, vec fill) {
    return _mm512_mask_loadu_ps(fill, mask, p);
}

/// Lanes 0…count−1 of v, the others zero.
static inline vec vec_keep_first(vec v, ptrdiff_t count) { return _mm512_maskz_mov_ps(first_lanes(count), v); }

static inline vec vec_fma(vec a, vec b, vec c) { return _mm512_fmadd_ps(a, b, c); }
static inline vec vec_max(vec a, vec b) { return _mm512_max_ps(a, b); }
/// As `vec_max`, but a NaN on either side stays.
static inline vec vec_max_nan(vec a, vec b) {
    return _mm512_mask_mov_ps(_mm512_max_ps(a, b), _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q), a);
}
static inline int vec_any_nan(vec v) { return _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q) != 0; }

#define PICK2(a, b, o) \
    __builtin_shufflevector(a, b, o, o + 2, o + 4, o + 6, o + 8, o + 10, o + 12, o + 14, o + 16, o + 18, o + 20, \
                            o + 22, o + 24, o + 26, o + 28, o + 30)
static inline vec vec_even(vec a, vec b) { return PICK2(a, b, 0); }
static inline vec vec_odd(vec a, vec b) { return PICK2(a, b, 1); }
/// Every third lane of a, b, c.
static inline vec vec_thirds(vec a, vec b, vec c) {
    vec ab = __builtin_shufflevector(a, b, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, -1, -1, -1, -1, -1);
    return __builtin_shufflevector(ab, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29);
}
/// The first and the second half of a₀ b₀ a₁ b₁ …
static inline vec vec_zip_low(vec a, vec b) {
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
static inline vec vec_zip_high(vec a, vec b) {
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
