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
/// a, but b in the lanes where a is NaN.
static inline vec vec_or_if_nan(vec a, vec b) {
    return _mm512_mask_mov_ps(a, _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q), b);
}
/// Where a is larger than best it takes its place, and its place goes into the best one's.
#define vec_take_larger(best, place, a, here) \
    do { \
        const __mmask16 wins = _mm512_cmp_ps_mask(a, best, _CMP_GT_OQ); \
        best = _mm512_max_ps(a, best); \
        place = (ivec)_mm512_mask_mov_epi32((__m512i)(place), wins, (__m512i)(here)); \
    } while (0)
/// The same, and where they are equal and a's place comes before.
#define vec_take_earlier(best, place, a, here) \
    do { \
        const __mmask16 ties = _mm512_cmp_ps_mask(a, best, _CMP_EQ_OQ); \
        const __mmask16 wins = _mm512_cmp_ps_mask(a, best, _CMP_GT_OQ) \
                               | _mm512_mask_cmplt_epi32_mask(ties, (__m512i)(here), (__m512i)(place)); \
        best = _mm512_max_ps(a, best); \
        place = (ivec)_mm512_mask_mov_epi32((__m512i)(place), wins, (__m512i)(here)); \
    } while (0)
/// Writes the first `count` lanes as 64 bits each.
#define vec_store_places(to, places, count) \
    do { \
        const __m512i all = (__m512i)(places); \
        const lane_mask mask = first_lanes(count); \
        _mm512_mask_storeu_epi64(to, (__mmask8)mask, _mm512_cvtepi32_epi64(_mm512_castsi512_si256(all))); \
        _mm512_mask_storeu_epi64((to) + 8, (__mmask8)(mask >> 8), _mm512_cvtepi32_epi64(_mm512_extracti64x4_epi64(all, 1))); \
    } while (0)
/// Lane i is that of a ‖ b which `from` says, counted modulo 2 · LANES.
#define vec_lookup(a, b, from) _mm512_permutex2var_ps(a, (__m512i)(from), b)
#define ivec_lookup(a, b, from) ((ivec)_mm512_permutex2var_epi32((__m512i)(a), (__m512i)(from), (__m512i)(b)))
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

/// v · 2ⁿ for a whole n.
static inline vec vec_scaled(vec v, vec n) { return _mm512_scalef_ps(v, n); }
#define vec_scaled vec_scaled
/// 1 / b for b in 1…2²⁰, within a unit in the last place: a third of a division's time.
static inline vec vec_inverse(vec b) {
    const vec near = _mm512_rcp14_ps(b);
    return _mm512_fmadd_ps(_mm512_fnmadd_ps(b, near, _mm512_set1_ps(1)), near, near);
}
#define vec_inverse vec_inverse

/// The vector that begins `by` lanes before b, a being what precedes it. Left to itself, the compiler makes two slower
/// shuffles of it, hence the line that lets it know nothing of the result.
#define vec_before(a, b, by) \
    __extension__({ \
        __m512i joined = _mm512_alignr_epi32(_mm512_castps_si512(b), _mm512_castps_si512(a), 16 - (by)); \
        __asm__("" : "+v"(joined)); \
        _mm512_castsi512_ps(joined); \
    })

// Two rows of at most eight lanes in one vector: that of a in its first half, that of b in its second.
static inline vec vec_load_both(const float *a, const float *b, ptrdiff_t count) {
    return _mm512_mask_loadu_ps(_mm512_maskz_loadu_ps(first_lanes(count), a), (lane_mask)(first_lanes(count) << 8), b - 8);
}
static inline vec vec_set_both(float a, float b) {
    return _mm512_mask_broadcastss_ps(_mm512_set1_ps(a), 0xff00, _mm_set_ss(b));
}
static inline void vec_store_both(float *a, float *b, vec v, ptrdiff_t count_a, ptrdiff_t count_b) {
    _mm512_mask_storeu_ps(a, first_lanes(count_a), v);
    _mm512_mask_storeu_ps(b - 8, (lane_mask)(first_lanes(count_b) << 8), v);
}
/// Lane i of each half from lane i + by of it, or zero where that is none of its first `count`.
typedef struct shift_of_both {
    __m512i from;
    lane_mask exist;
} shift_of_both;
static inline shift_of_both shift_both(ptrdiff_t by, ptrdiff_t count) {
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
    const __m512i from = _mm512_add_epi32(lane, _mm512_set1_epi32((int)by));
    const __m512i half = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 8, 8, 8, 8, 8, 8, 8, 8);
    return (shift_of_both){_mm512_add_epi32(from, half), _mm512_cmplt_epu32_mask(from, _mm512_set1_epi32((int)count))};
}
static inline vec vec_shifted_both(vec v, shift_of_both shift) {
    return _mm512_maskz_permutexvar_ps(shift.exist, shift.from, v);
}

/// Of a, then of b, every second lane, `count` ≤ 8 of each: for `vec_pick_two`.
static inline __m512i pairs_of_columns(ptrdiff_t count) {
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i twice = _mm512_slli_epi32(lane, 1);
    return _mm512_mask_add_epi32(twice, (__mmask16)~first_lanes(count), twice, _mm512_set1_epi32(16 - 2 * (int)count));
}
/// The same, beginning with lane k.
static inline vec vec_pick_two(vec a, vec b, __m512i pairs, ptrdiff_t k) {
    return _mm512_permutex2var_ps(a, _mm512_add_epi32(pairs, _mm512_set1_epi32((int)k)), b);
}

// Half a register: as many of its operations fit into a given time as twice those of a whole one.
typedef __m256 half;

static inline half half_zero(void) { return _mm256_setzero_ps(); }
static inline half half_set1(float value) { return _mm256_set1_ps(value); }
static inline half half_load(const float *p) { return _mm256_loadu_ps(p); }
static inline half half_load_masked(const float *p, lane_mask mask, half fill) {
    return _mm256_mask_loadu_ps(fill, (__mmask8)mask, p);
}
static inline void half_store(float *p, half v) { _mm256_storeu_ps(p, v); }
static inline void half_store_first(float *p, half v, ptrdiff_t count) {
    _mm256_mask_storeu_ps(p, (__mmask8)first_lanes(count), v);
}
static inline half half_fma(half a, half b, half c) { return _mm256_fmadd_ps(a, b, c); }
static inline half half_even(half a, half b) { return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14); }
static inline half half_odd(half a, half b) { return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15); }
#define half_before(a, b, by) \
    __extension__({ \
        __m256i joined = _mm256_alignr_epi32(_mm256_castps_si256(b), _mm256_castps_si256(a), 8 - (by)); \
        __asm__("" : "+v"(joined)); \
        _mm256_castsi256_ps(joined); \
    })
