// The vector vocabulary in AVX2 with FMA: 8 lanes.
#pragma once

#define LANES 8
#define HAS_FMA 1
typedef __m256 vec;

static inline vec vec_zero(void) { return _mm256_setzero_ps(); }
static inline vec vec_set1(float value) { return _mm256_set1_ps(value); }
static inline vec vec_load(const float *p) { return _mm256_loadu_ps(p); }
static inline void vec_store(float *p, vec v) { _mm256_storeu_ps(p, v); }

static inline __m256i lane_numbers(void) { return _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7); }
static inline __m256i first_lanes(ptrdiff_t count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), lane_numbers());
}

/// Lanes 0…count−1 from memory, the others zero; memory of the others is not touched. 0 ≤ count ≤ LANES.
static inline vec vec_load_first(const float *p, ptrdiff_t count) {
    return _mm256_maskload_ps(p, first_lanes(count));
}
static inline void vec_store_first(float *p, vec v, ptrdiff_t count) {
    _mm256_maskstore_ps(p, first_lanes(count), v);
}
typedef __m256i lane_mask;
/// Lanes lo…hi−1. 0 ≤ lo, hi ≤ LANES.
static inline lane_mask lanes_between(ptrdiff_t lo, ptrdiff_t hi) {
    return _mm256_andnot_si256(first_lanes(lo), first_lanes(hi));
}
/// The mask's lanes from memory, the others from `fill`; memory of the others is not touched.
static inline vec vec_load_masked(const float *p, lane_mask mask, vec fill) {
    return _mm256_blendv_ps(fill, _mm256_maskload_ps(p, mask), _mm256_castsi256_ps(mask));
}

/// Lanes 0…count−1 of v, the others zero.
static inline vec vec_keep_first(vec v, ptrdiff_t count) {
    return _mm256_and_ps(v, _mm256_castsi256_ps(first_lanes(count)));
}

static inline vec vec_fma(vec a, vec b, vec c) { return _mm256_fmadd_ps(a, b, c); }
static inline vec vec_max(vec a, vec b) { return _mm256_max_ps(a, b); }
/// As `vec_max`, but a NaN on either side stays.
static inline vec vec_max_nan(vec a, vec b) {
    return _mm256_blendv_ps(_mm256_max_ps(a, b), a, _mm256_cmp_ps(a, a, _CMP_UNORD_Q));
}
/// a, but b in the lanes where a is NaN.
static inline vec vec_or_if_nan(vec a, vec b) { return _mm256_blendv_ps(a, b, _mm256_cmp_ps(a, a, _CMP_UNORD_Q)); }
static inline int vec_any_nan(vec v) { return _mm256_movemask_ps(_mm256_cmp_ps(v, v, _CMP_UNORD_Q)) != 0; }

/// Lane i is that of a ‖ b which `from` says, counted modulo 2 · LANES.
static inline vec vec_of_both(vec a, vec b, __m256i from) {
    const vec low = _mm256_permutevar8x32_ps(a, from), high = _mm256_permutevar8x32_ps(b, from);
    // A number's fourth bit, which says where from, as its sign.
    return _mm256_blendv_ps(low, high, _mm256_castsi256_ps(_mm256_slli_epi32(from, 28)));
}
#define vec_lookup(a, b, from) vec_of_both(a, b, (__m256i)(from))
#define ivec_lookup(a, b, from) ((ivec)vec_of_both((vec)(a), (vec)(b), (__m256i)(from)))

#define PICK2(a, b, o) __builtin_shufflevector(a, b, o, o + 2, o + 4, o + 6, o + 8, o + 10, o + 12, o + 14)
static inline vec vec_even(vec a, vec b) { return PICK2(a, b, 0); }
static inline vec vec_odd(vec a, vec b) { return PICK2(a, b, 1); }
/// Every third lane of a, b, c.
static inline vec vec_thirds(vec a, vec b, vec c) {
    vec ab = __builtin_shufflevector(a, b, 0, 3, 6, 9, 12, 15, -1, -1);
    return __builtin_shufflevector(ab, c, 0, 1, 2, 3, 4, 5, 10, 13);
}
/// The first and the second half of a₀ b₀ a₁ b₁ …
static inline vec vec_zip_low(vec a, vec b) { return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11); }
static inline vec vec_zip_high(vec a, vec b) { return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15); }
