// The passes of training over packed rows: attention, norms, SwiGLU and cross entropy, forward and backward.
// Called from fused.py through ctypes; packed.py says how rows are packed. All matrices are bf16, row-major, sums are f32.
//
// Attention never writes scores to memory: a block of them lives in a thread's cache, the backward pass computes it again
// from each row's log-sum-exp. Scores are held transposed (a column per query), so that maxima, sums and the backward
// pass's row terms are vectors over queries and nothing is reduced across a vector.
// Products run on AMX tiles where the machine has them, else on plain vectors of the same layout.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <omp.h>
#if defined(__AVX512F__) || defined(__AMX_BF16__)
#include <immintrin.h>
#endif
#if defined(__AMX_BF16__) && defined(__linux__)
#define TILES 1
#include <sys/syscall.h>
#include <unistd.h>
#endif

typedef uint16_t bf16;
typedef float vf __attribute__((vector_size(64)));
typedef int32_t vi __attribute__((vector_size(64)));
typedef uint32_t vu __attribute__((vector_size(64)));
typedef uint16_t vh __attribute__((vector_size(32)));
typedef uint16_t vw __attribute__((vector_size(64)));
#define INLINE static inline __attribute__((always_inline))

template <class V> INLINE V load(const void* p) { V v; std::memcpy(&v, p, sizeof v); return v; }
template <class V> INLINE void store(void* p, V v) { std::memcpy(p, &v, sizeof v); }
INLINE vf all(float x) { return vf{} + x; }
INLINE vf top(vf a, vf b) { return a > b ? a : b; }
INLINE float sum(vf v) { float s = 0; for (int i = 0; i < 16; i++) s += v[i]; return s; }
INLINE vf widen(vh x) { return (vf)(__builtin_convertvector(x, vu) << 16); }
INLINE vf wide(const bf16* p) { return widen(load<vh>(p)); }
#ifdef __AVX512BF16__
INLINE vh narrow(vf x) { return (vh)_mm512_cvtneps_pbh((__m512)x); }
INLINE vw narrow(vf a, vf b) { return (vw)_mm512_cvtne2ps_pbh((__m512)b, (__m512)a); }
#else
INLINE vh narrow(vf x) { const vu u = (vu)x; return __builtin_convertvector((u + 0x7fff + ((u >> 16) & 1)) >> 16, vh); }      // to nearest even
INLINE vw narrow(vf a, vf b) { vw w; const vh x = narrow(a), y = narrow(b); std::memcpy(&w, &x, 32); std::memcpy((char*)&w + 32, &y, 32); return w; }
#endif
// words (a[i], b[i]), i below 16 and from 16
INLINE vw zip_low(vw a, vw b) {
  return __builtin_shuffle(a, b, (vw){0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47});
}
INLINE vw zip_high(vw a, vw b) {
  return __builtin_shuffle(a, b, (vw){16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55, 24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63});
}
#ifdef __AVX512F__
INLINE vf inverse(vf x) { const vf r = (vf)_mm512_maskz_rcp14_ps(0xffff, (__m512)x); return r * (2 - x * r); }     // a division costs more than all the rest
#else
INLINE vf inverse(vf x) { return 1 / x; }
#endif
// 2^t to 3e-6 relative, exactly 0 far below; t < 128
INLINE vf exp2v(vf t) {
  t = top(t, all(-127.0f));
  const vf shifted = t + 12582912.0f;                      // the nearest integer in the lowest bits
  const vf f = t - (shifted - 12582912.0f);
  const vf p = (((0.0095701f * f + 0.05591786f) * f + 0.24024745f) * f + 0.69312181f) * f + 0.99999926f;
  return p * (vf)(((vi)shifted - (0x4b400000 - 127)) << 23);
}
INLINE vf sigmoid(vf x) { const vf e = -1.44269504f * x; return inverse(1 + exp2v(e < 126.0f ? e : all(126.0f))); }
// A head's part of the rows is read in pieces far apart, which the machine does not foresee: D elements at p
INLINE void soon(const bf16* p, int D) { for (int d = 0; d < D; d += 32) __builtin_prefetch(p + d); }
INLINE void soon_written(bf16* p, int D) { for (int d = 0; d < D; d += 32) __builtin_prefetch(p + d, 1); }
constexpr int AHEAD = 12;       // rows

// 16 x 16 words, in place
INLINE void transpose(vu r[16]) {
#define STEP(d, ...) for (int i = 0; i < 16; i++) if (!(i & d)) { \
    const vu a = r[i], b = r[i + d]; const vi m = {__VA_ARGS__}; r[i] = __builtin_shuffle(a, b, m); r[i + d] = __builtin_shuffle(a, b, m + d); }
  STEP(1, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30)
  STEP(2, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
  STEP(4, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27)
  STEP(8, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
#undef STEP
}
INLINE void transpose(const void* from, int from_stride, void* to, int to_stride) {     // strides in words
  vu r[16];
  for (int i = 0; i < 16; i++) r[i] = load<vu>((const uint32_t*)from + (int64_t)i * from_stride);
  transpose(r);
  for (int i = 0; i < 16; i++) store((uint32_t*)to + (int64_t)i * to_stride, r[i]);
}

// -- products ---------------------------------------------------------------------
#ifdef TILES
static bool tiles_allowed() {     // the kernel gives a process the tile state on request only
  return !getenv("LAG_NO_AMX") && syscall(SYS_arch_prctl, 0x1023 /* ARCH_REQ_XCOMP_PERM */, 18 /* XFEATURE_XTILEDATA */) == 0;
}
static const bool tiles = tiles_allowed();
struct alignas(64) TileConfig { uint8_t palette, start, zero[14]; uint16_t bytes[16]; uint8_t rows[16]; };
struct Tiles {                    // eight full tiles for the calling thread; puts back what another library had set
  TileConfig before;
  Tiles() {
    if (!tiles) return;
    _tile_storeconfig(&before);
    TileConfig c = {};
    c.palette = 1;
    for (int i = 0; i < 8; i++) { c.bytes[i] = 64; c.rows[i] = 16; }
    _tile_loadconfig(&c);
  }
  ~Tiles() { if (tiles) { if (before.palette) _tile_loadconfig(&before); else _tile_release(); } }
};
#else
struct Tiles { Tiles() {} ~Tiles() {} };
#endif

// C [M, N] f32 = (or +=, with add) A [M, K] bf16 times B [K / 2, N] of words (two successive k of one column); M, N, K multiples of 32.
// a_next: elements from 32 columns of A to the next 32.
static void product(int M, int N, int K, const bf16* A, int lda, int64_t a_next, const uint32_t* B, int ldb, float* C, int ldc, bool add) {
#ifdef TILES
  if (tiles) {
    for (int m = 0; m < M; m += 32) for (int n = 0; n < N; n += 32) {
      float* c = C + (int64_t)m * ldc + n;
      if (add) {
        _tile_loadd(0, c, ldc * 4); _tile_loadd(1, c + 16, ldc * 4);
        _tile_loadd(2, c + 16 * ldc, ldc * 4); _tile_loadd(3, c + 16 * ldc + 16, ldc * 4);
      } else { _tile_zero(0); _tile_zero(1); _tile_zero(2); _tile_zero(3); }
      const bf16* a = A + (int64_t)m * lda;
      const uint32_t* b = B + n;
      for (int k = 0; k < K; k += 32, a += a_next, b += 16 * (int64_t)ldb) {
        _tile_loadd(4, a, lda * 2); _tile_loadd(6, b, ldb * 4); _tile_loadd(7, b + 16, ldb * 4);
        _tile_dpbf16ps(0, 4, 6); _tile_dpbf16ps(1, 4, 7);
        _tile_loadd(5, a + 16 * lda, lda * 2);
        _tile_dpbf16ps(2, 5, 6); _tile_dpbf16ps(3, 5, 7);
      }
      _tile_stored(0, c, ldc * 4); _tile_stored(1, c + 16, ldc * 4);
      _tile_stored(2, c + 16 * ldc, ldc * 4); _tile_stored(3, c + 16 * ldc + 16, ldc * 4);
    }
    return;
  }
#endif
  for (int m = 0; m < M; m += 4) for (int n = 0; n < N; n += 32) {
    vf c[4][2];
    for (int i = 0; i < 4; i++) for (int j = 0; j < 2; j++) c[i][j] = add ? load<vf>(C + (int64_t)(m + i) * ldc + n + 16 * j) : vf{};
    for (int k = 0; k < K; k += 2) {
      const bf16* a = A + (int64_t)m * lda + k / 32 * a_next + k % 32;
      const uint32_t* b = B + (int64_t)(k / 2) * ldb + n;
      const vu b0 = load<vu>(b), b1 = load<vu>(b + 16);
      for (int i = 0; i < 4; i++) {
        const uint32_t w = load<uint32_t>(a + (int64_t)i * lda);
#ifdef __AVX512BF16__
        c[i][0] = (vf)_mm512_dpbf16_ps((__m512)c[i][0], (__m512bh)(vu{} + w), (__m512bh)b0);
        c[i][1] = (vf)_mm512_dpbf16_ps((__m512)c[i][1], (__m512bh)(vu{} + w), (__m512bh)b1);
#else
        const vf lo = (vf)(vu{} + (w << 16)), hi = (vf)(vu{} + (w & 0xffff0000u));
        c[i][0] += lo * (vf)(b0 << 16); c[i][0] += hi * (vf)(b0 & 0xffff0000u);
        c[i][1] += lo * (vf)(b1 << 16); c[i][1] += hi * (vf)(b1 & 0xffff0000u);
#endif
      }
    }
    for (int i = 0; i < 4; i++) for (int j = 0; j < 2; j++) store(C + (int64_t)(m + i) * ldc + n + 16 * j, c[i][j]);
  }
}

// A thread's memory, taken in pieces; keeps its size between calls.
struct Pool {
  char* at = nullptr; size_t size = 0, used = 0;
  void room(size_t n) { if (n > size) { free(at); size = n + (n >> 2); at = (char*)aligned_alloc(4096, size = (size + 4095) & ~size_t(4095)); } used = 0; }
  template <class T> T* take(size_t n) { T* p = (T*)(at + used); used += (n * sizeof(T) + 63) & ~size_t(63); return p; }
};
static thread_local Pool pool;

// -- attention --------------------------------------------------------------------
struct Shape {
  int S, KV, n, D;                        // sequences, KV heads, query heads of each, head width (a multiple of 32)
  const int32_t *first;                   // [S + 1] rows of sequence s: first[s] .. first[s + 1]
  const int32_t *group, *limit, *open;    // [N] row i sees row j <= i of its sequence iff group[i] == group[j] or (j < limit[i] and open[j])
  const float *cos, *sin;                 // [N, D / 2]
  int width() const { return (KV * (n + 2)) * D; }    // of a row of q, k, v
};

// What of one sequence sees what, 32 rows at a time.
struct Masks {
  int rows, blocks;
  // key k is seen by other groups from limit > needs[k]
  int32_t *group, *limit, *needs, *low, *high, *low_limit, *high_limit, *opens;
  void fill(const Shape& s, int i, int padded) {
    const int f = s.first[i];
    rows = s.first[i + 1] - f; blocks = padded / 32;
    group = pool.take<int32_t>(padded); limit = pool.take<int32_t>(padded); needs = pool.take<int32_t>(padded);
    low = pool.take<int32_t>(blocks); high = pool.take<int32_t>(blocks); low_limit = pool.take<int32_t>(blocks);
    high_limit = pool.take<int32_t>(blocks); opens = pool.take<int32_t>(blocks);
    for (int r = 0; r < padded; r++) {    // padding sees itself only: no sum is zero
      const bool in = r < rows;
      group[r] = in ? s.group[f + r] : -1000 - r; limit[r] = in ? s.limit[f + r] : 0; needs[r] = in && s.open[f + r] ? r : INT32_MAX;
    }
    for (int b = 0; b < blocks; b++) {
      low[b] = low_limit[b] = INT32_MAX; high[b] = high_limit[b] = INT32_MIN; opens[b] = 0;
      for (int r = 32 * b; r < 32 * b + 32 && r < rows; r++) {
        if (group[r] < low[b]) low[b] = group[r];
        if (group[r] > high[b]) high[b] = group[r];
        if (limit[r] < low_limit[b]) low_limit[b] = limit[r];
        if (limit[r] > high_limit[b]) high_limit[b] = limit[r];
        opens[b] += needs[r] == r;
      }
    }
  }
  // queries of block q, keys of block k: 0 = nothing is seen, 2 = everything, 1 = look at each
  int kind(int q, int k) const {
    if (k > q) return 0;
    const bool same = low[k] <= high[q] && low[q] <= high[k], opened = opens[k] && 32 * k < high_limit[q];
    if (!same && !opened) return 0;
    if (k == q) return 1;
    return (opens[k] == 32 && 32 * k + 32 <= low_limit[q]) || (low[q] == high[q] && low[k] == high[k] && low[q] == low[k]) ? 2 : 1;
  }
  struct Queries { vi group, limit, row; };       // of the 16 queries from row q
  INLINE Queries queries(const Masks& m, int q) {
    return {load<vi>(m.group + q), load<vi>(m.limit + q), vi{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} + q};
  }
  INLINE vi seen(const Masks& m, const Queries& q, int k) { return ((q.group == m.group[k]) | (q.limit > m.needs[k])) & (q.row >= k); }
};

// rows of q, k or v from y (rotated if sh.cos is used) to [padded, D], zeros after the last row
static void rotated(const Shape& sh, const bf16* y, int f, int rows, int padded, bf16* to) {
  const int D = sh.D, H = D / 2, W = sh.width();
  for (int r = 0; r < rows; r++) {
    const bf16* x = y + (int64_t)(f + r) * W;
    soon(x + AHEAD * W, D);
    const float *c = sh.cos + (int64_t)(f + r) * H, *s = sh.sin + (int64_t)(f + r) * H;
    for (int d = 0; d < H; d += 16) {
      const vf a = wide(x + d), b = wide(x + d + H), vc = load<vf>(c + d), vs = load<vf>(s + d);
      store(to + (int64_t)r * D + d, narrow(a * vc - b * vs));
      store(to + (int64_t)r * D + d + H, narrow(b * vc + a * vs));
    }
  }
  if (padded > rows) std::memset(to + (int64_t)rows * D, 0, 2 * (size_t)(padded - rows) * D);
}
static void copied(const bf16* y, int64_t stride, int rows, int padded, int D, bf16* to) {
  for (int r = 0; r < rows; r++) { soon(y + (r + AHEAD) * stride, D); std::memcpy(to + (int64_t)r * D, y + r * stride, 2 * D); }
  if (padded > rows) std::memset(to + (int64_t)rows * D, 0, 2 * (size_t)(padded - rows) * D);
}
// x [rows, D] -> words of two successive rows, rows up to padded being zeros: [padded / 2, D], or (stride 32, next the
// distance of such blocks) [D / 32, padded / 2, 32]
static void interleaved_rows(const bf16* x, int rows, int padded, int D, uint32_t* to, int stride, int next) {
  for (int r = 0; r < padded; r += 2) for (int d = 0; d < D; d += 32) {
    soon(x + (int64_t)(r + 6) * D + d, 32); soon(x + (int64_t)(r + 7) * D + d, 32);
    const vw a = r < rows ? load<vw>(x + (int64_t)r * D + d) : vw{}, b = r + 1 < rows ? load<vw>(x + (int64_t)(r + 1) * D + d) : vw{};
    uint32_t* w = to + (int64_t)(r / 2) * stride + (int64_t)(d / 32) * next;
    store(w, zip_low(a, b));
    store(w + 16, zip_high(a, b));
  }
}
static void interleaved(const bf16* x, int rows, int D, uint32_t* to) { interleaved_rows(x, rows, rows, D, to, D, 32); }
// x [rows, D] -> blocks of 32 rows, each [D / 2 words, 32 rows]: the second factor of a product over D
static void turned(const bf16* x, int rows, int D, uint32_t* to) {
  for (int r = 0; r < rows; r += 16) for (int d = 0; d < D / 2; d += 16)
    transpose((const uint32_t*)x + (int64_t)r * (D / 2) + d, D / 2, to + (int64_t)(r / 32) * 16 * D + d * 32 + r % 32, 32);
}
// words of two rows [rows / 2, D] -> blocks of step rows, each [D, step]: the first factor of a product over rows
static void upright(const uint32_t* x, int rows, int D, int step, bf16* to) {
  for (int r = 0; r < rows; r += 32) for (int d = 0; d < D; d += 16)
    transpose(x + (int64_t)(r / 2) * D + d, D, (uint32_t*)(to + (int64_t)(r / step) * D * step + (int64_t)d * step + r % step), step / 2);
}
static inline int up(int x, int to) { return (x + to - 1) / to * to; }

static void forward(const Shape& sh, const bf16* y, bf16* out, float* lse, int s, int kv) {
  const int D = sh.D, W = sh.width(), f = sh.first[s], rows = sh.first[s + 1] - f, P = up(rows, 32), heads = sh.KV * sh.n;
  const float scale = 1.44269504f / std::sqrt((float)D);      // everything in powers of two
  pool.room((size_t)P * (D * 8 + 32 * 6 + 64) + 65536 + D * 4096);
  Masks m; m.fill(sh, s, P);
  bf16 *k = pool.take<bf16>((size_t)P * D), *v = pool.take<bf16>((size_t)P * D), *q = pool.take<bf16>(32 * D);
  uint32_t *words = pool.take<uint32_t>((size_t)P * D / 2), *qt = pool.take<uint32_t>(16 * D), *p = pool.take<uint32_t>((size_t)P * 16);
  float *x = pool.take<float>((size_t)P * (D > 64 ? D / 2 : 32)), *ot = pool.take<float>(32 * D), *o = pool.take<float>(32 * D);
  int32_t *list = pool.take<int32_t>(P / 32);
  rotated(sh, y + (sh.KV * sh.n + kv) * D, f, rows, P, k);
  copied(y + (int64_t)f * W + (sh.KV * (sh.n + 1) + kv) * D, W, rows, P, D, (bf16*)x);      // x is free until the first scores
  interleaved((bf16*)x, P, D, words);
  upright(words, P, D, 32, v);
  for (int b = 0; b < P / 32; b++) {
    int n = 0;
    for (int j = 0; j <= b; j++) if (m.kind(b, j)) list[n++] = j;
    const Masks::Queries q0 = Masks::queries(m, 32 * b), q1 = Masks::queries(m, 32 * b + 16);
    for (int h = 0; h < sh.n; h++) {
      const int head = kv * sh.n + h, here = rows - 32 * b < 32 ? rows - 32 * b : 32;
      rotated(sh, y + head * D, f + 32 * b, here, 32, q);
      turned(q, 32, D, qt);
      vf t0 = all(-1e30f), t1 = t0;
      for (int i = 0; i < n; i++) {
        float* c = x + i * 1024;
        const int j = list[i];
        product(32, 32, D, k + (int64_t)j * 32 * D, D, 32, qt, 32, c, 32, false);
        if (m.kind(b, j) == 2)
          for (int r = 0; r < 32; r++) { t0 = top(t0, load<vf>(c + 32 * r)); t1 = top(t1, load<vf>(c + 32 * r + 16)); }
        else
          for (int r = 0; r < 32; r++) {
            const vf a = Masks::seen(m, q0, 32 * j + r) ? load<vf>(c + 32 * r) : all(-1e30f);
            const vf e = Masks::seen(m, q1, 32 * j + r) ? load<vf>(c + 32 * r + 16) : all(-1e30f);
            store(c + 32 * r, a); store(c + 32 * r + 16, e);
            t0 = top(t0, a); t1 = top(t1, e);
          }
      }
      t0 *= scale; t1 *= scale;
      vf s0 = {}, s1 = {};
      for (int r = 0; r < 32 * n; r += 2) {
        const float* c = x + 32 * r;
        const vf a0 = exp2v(load<vf>(c) * scale - t0), a1 = exp2v(load<vf>(c + 16) * scale - t1);
        const vf b0 = exp2v(load<vf>(c + 32) * scale - t0), b1 = exp2v(load<vf>(c + 48) * scale - t1);
        s0 += a0 + b0; s1 += a1 + b1;
        const vw a = narrow(a0, a1), b = narrow(b0, b1);
        store(p + 16 * r, zip_low(a, b)); store(p + 16 * r + 16, zip_high(a, b));
      }
      for (int i = 0, e; i < n; i = e) {        // one product for keys that follow each other
        for (e = i + 1; e < n && list[e] == list[e - 1] + 1;) e++;
        product(D, 32, 32 * (e - i), v + (int64_t)list[i] * 32 * D, 32, 32 * D, p + i * 512, 32, ot, 32, i > 0);
      }
      vf inv[2] = {1.0f / s0, 1.0f / s1};
      float l[32];
      for (int r = 0; r < 32; r++) l[r] = (r < 16 ? t0[r] : t1[r - 16]) + log2f(r < 16 ? s0[r] : s1[r - 16]);
      for (int d = 0; d < D; d += 16) for (int r = 0; r < 32; r += 16) transpose(ot + d * 32 + r, 32, o + r * D + d, D);
      for (int r = 0; r < here; r++) {
        const int64_t i = (int64_t)(f + 32 * b + r) * heads + head;
        lse[i] = l[r];
        soon_written(out + (i + AHEAD * heads) * D, D);
        for (int d = 0; d < D; d += 16) store(out + i * D + d, narrow(load<vf>(o + r * D + d) * inv[r / 16][r % 16]));
      }
    }
  }
}

// g [rows, D] f32: gradient of rotated rows -> of the rows themselves, times scale, written to rows of dy
INLINE void turn_back(const Shape& sh, const float* g, int at, int rows, float scale, bf16* dy) {
  const int D = sh.D, H = D / 2, W = sh.width();
  for (int r = 0; r < rows; r++) {
    const float *c = sh.cos + (int64_t)(at + r) * H, *s = sh.sin + (int64_t)(at + r) * H;
    bf16* to = dy + (int64_t)(at + r) * W;
    soon_written(to + AHEAD * W, D);
    for (int d = 0; d < H; d += 16) {
      const vf a = load<vf>(g + r * D + d) * scale, b = load<vf>(g + r * D + d + H) * scale, vc = load<vf>(c + d), vs = load<vf>(s + d);
      store(to + d, narrow(a * vc + b * vs));
      store(to + d + H, narrow(b * vc - a * vs));
    }
  }
}

// One task owns a KV head of a sequence: its dk, dv and the dq of its query heads, so that no two tasks add to one place.
static void backward(const Shape& sh, const bf16* y, const bf16* out, const float* lse, const bf16* g, bf16* dy, int s, int kv) {
  const int D = sh.D, W = sh.width(), f = sh.first[s], rows = sh.first[s + 1] - f, P = up(rows, 64), heads = sh.KV * sh.n;
  const float root = 1 / std::sqrt((float)D), scale = 1.44269504f * root;
  constexpr int RUN = 4;                      // blocks of 32 queries at a time: what is between the products stays in the first cache
  pool.room((size_t)P * (D * 34 + 128) + 65536 * 2 + D * 4096);
  Masks m; m.fill(sh, s, P);
  bf16 *k = pool.take<bf16>((size_t)P * D), *kt = pool.take<bf16>((size_t)P * D), *v = pool.take<bf16>((size_t)P * D), *q = pool.take<bf16>((size_t)P * D);
  uint32_t *qt = pool.take<uint32_t>((size_t)P * D / 2), *qi = pool.take<uint32_t>((size_t)P * D / 2);
  uint32_t *gt = pool.take<uint32_t>((size_t)P * D / 2), *gi = pool.take<uint32_t>((size_t)P * D / 2);
  float *dk = pool.take<float>((size_t)P * D), *dv = pool.take<float>((size_t)P * D), *dq = pool.take<float>((size_t)P * D);
  float *l = pool.take<float>(P), *dot = pool.take<float>(P), *x = pool.take<float>(64 * 32), *dp = pool.take<float>(64 * 32), *o = pool.take<float>(32 * D);
  bf16 *pt = pool.take<bf16>(64 * 32 * RUN), *ds = pool.take<bf16>(64 * 32 * RUN);
  uint32_t *di = pool.take<uint32_t>(32 * 32 * RUN);
  rotated(sh, y + (heads + kv) * D, f, rows, P, k);
  interleaved(k, P, D, qi);
  upright(qi, P, D, 64, kt);
  copied(y + (int64_t)f * W + (heads + sh.KV + kv) * D, W, rows, P, D, v);
  std::memset(dk, 0, (size_t)P * D * 4);
  std::memset(dv, 0, (size_t)P * D * 4);
  for (int h = 0; h < sh.n; h++) {
    const int head = kv * sh.n + h;
    rotated(sh, y + head * D, f, rows, P, q);
    turned(q, P, D, qt);
    interleaved(q, P, D, qi);
    copied(g + ((int64_t)f * heads + head) * D, (int64_t)heads * D, rows, P, D, q);
    turned(q, P, D, gt);
    interleaved(q, P, D, gi);
    for (int r = 0; r < P; r++) {
      vf a = {};
      const int64_t i = (int64_t)(f + r) * heads + head;
      soon(out + (i + AHEAD * heads) * D, D);
      if (r < rows) for (int d = 0; d < D; d += 16) a += wide(out + i * D + d) * wide(q + (int64_t)r * D + d);      // q: the gradient's rows for now
      dot[r] = sum(a);
      l[r] = r < rows ? lse[i] : 1e30f;       // 2^(x - l) = 0
    }
    std::memset(dq, 0, (size_t)P * D * 4);
    for (int kb = 0; kb < P / 64; kb++) {
      for (int b = 2 * kb; b < P / 32;) {
        int e = b;
        while (e < P / 32 && e < b + RUN && (m.kind(e, 2 * kb) || m.kind(e, 2 * kb + 1))) e++;
        if (e == b) { b++; continue; }
        const int N = 32 * (e - b);
        for (int j = b; j < e; j++) {
          product(64, 32, D, k + (int64_t)kb * 64 * D, D, 32, qt + (int64_t)j * 16 * D, 32, x, 32, false);
          product(64, 32, D, v + (int64_t)kb * 64 * D, D, 32, gt + (int64_t)j * 16 * D, 32, dp, 32, false);
          const vf l0 = load<vf>(l + 32 * j), l1 = load<vf>(l + 32 * j + 16), d0 = load<vf>(dot + 32 * j), d1 = load<vf>(dot + 32 * j + 16);
          const Masks::Queries q0 = Masks::queries(m, 32 * j), q1 = Masks::queries(m, 32 * j + 16);
          for (int half = 0; half < 2; half++) {
            const bool look = m.kind(j, 2 * kb + half) != 2;
            for (int r = 32 * half; r < 32 * half + 32; r += 2) {
              vw z[2];
              for (int i = 0; i < 2; i++) {
                const float *c = x + 32 * (r + i), *e = dp + 32 * (r + i);
                vf p0 = exp2v(load<vf>(c) * scale - l0), p1 = exp2v(load<vf>(c + 16) * scale - l1);
                if (look) {
                  p0 = Masks::seen(m, q0, 64 * kb + r + i) ? p0 : vf{};
                  p1 = Masks::seen(m, q1, 64 * kb + r + i) ? p1 : vf{};
                }
                z[i] = narrow(p0 * (load<vf>(e) - d0), p1 * (load<vf>(e + 16) - d1));
                store(pt + (r + i) * N + 32 * (j - b), narrow(p0, p1));
                store(ds + (r + i) * N + 32 * (j - b), z[i]);
              }
              store(di + r / 2 * N + 32 * (j - b), zip_low(z[0], z[1]));
              store(di + r / 2 * N + 32 * (j - b) + 16, zip_high(z[0], z[1]));
            }
          }
        }
        product(64, D, N, pt, N, 32, gi + (int64_t)b * 16 * D, D, dv + (int64_t)kb * 64 * D, D, true);
        product(64, D, N, ds, N, 32, qi + (int64_t)b * 16 * D, D, dk + (int64_t)kb * 64 * D, D, true);
        for (int j = b; j < e; j++)
          product(D, 32, 64, kt + (int64_t)kb * 64 * D, 64, 32, di + 32 * (j - b), N, dq + (int64_t)j * 32 * D, 32, true);
        b = e;
      }
    }
    for (int b = 0; b < P / 32; b++) {
      const int here = rows - 32 * b < 32 ? rows - 32 * b : 32;
      if (here <= 0) break;
      for (int d = 0; d < D; d += 16) for (int r = 0; r < 32; r += 16) transpose(dq + (int64_t)b * 32 * D + d * 32 + r, 32, o + r * D + d, D);
      turn_back(sh, o, f + 32 * b, here, root, dy + head * D);
    }
  }
  turn_back(sh, dk, f, rows, root, dy + (heads + kv) * D);
  for (int r = 0; r < rows; r++) for (int d = 0; d < D; d += 16)
    store(dy + (int64_t)(f + r) * W + (heads + sh.KV + kv) * D + d, narrow(load<vf>(dv + (int64_t)r * D + d)));
}

extern "C" {
// y [N, (KV n + 2 KV) D]: q, k, v of each row, before rotation; out [N, KV n D], lse [N, KV n] (base 2)
void attention(const bf16* y, const float* cos, const float* sin, const int32_t* first, const int32_t* group, const int32_t* limit, const int32_t* open,
               bf16* out, float* lse, int S, int KV, int n, int D, int threads) {
  const Shape sh{S, KV, n, D, first, group, limit, open, cos, sin};
#pragma omp parallel num_threads(threads)
  {
    Tiles t;
#pragma omp for collapse(2) schedule(dynamic)
    for (int s = 0; s < S; s++) for (int kv = 0; kv < KV; kv++) forward(sh, y, out, lse, s, kv);
  }
}
void attention_back(const bf16* y, const float* cos, const float* sin, const int32_t* first, const int32_t* group, const int32_t* limit, const int32_t* open,
                    const bf16* out, const float* lse, const bf16* g, bf16* dy, int S, int KV, int n, int D, int threads) {
  const Shape sh{S, KV, n, D, first, group, limit, open, cos, sin};
#pragma omp parallel num_threads(threads)
  {
    Tiles t;
#pragma omp for collapse(2) schedule(dynamic)
    for (int s = 0; s < S; s++) for (int kv = 0; kv < KV; kv++) backward(sh, y, out, lse, g, dy, s, kv);
  }
}

// g [N, O], x [N, I] -> w [O, I] = g' x; O and I multiples of 32. The libraries' product is slow over so many rows:
// here each thread sums its pieces of the rows into an f32 matrix of its own, then all add these up.
void weight_gradient(const bf16* g, const bf16* x, bf16* w, int N, int O, int I, int threads) {
  constexpr int ROWS = 256;
  float* sums[256] = {};
  if (threads > 256) threads = 256;
#pragma omp parallel num_threads(threads)
  {
    Tiles t;
    pool.room((size_t)O * I * 4 + (size_t)ROWS * (O * 4 + I * 4) + 4096);
    float* c = sums[omp_get_thread_num()] = pool.take<float>((size_t)O * I);
    uint32_t* words = pool.take<uint32_t>((size_t)ROWS / 2 * (O > I ? O : I));
    bf16* a = pool.take<bf16>((size_t)ROWS * O);
    uint32_t* b = pool.take<uint32_t>((size_t)ROWS / 2 * I);
    bool some = false;
#pragma omp for schedule(dynamic) nowait
    for (int f = 0; f < N; f += ROWS) {
      const int rows = N - f < ROWS ? N - f : ROWS, P = up(rows, 32);
      const bf16 *gr = g + (int64_t)f * O, *xr = x + (int64_t)f * I;
      interleaved_rows(gr, rows, P, O, words, O, 32);
      upright(words, P, O, P, a);
      interleaved_rows(xr, rows, P, I, b, 32, 16 * P);          // 32 columns of all rows together
      for (int o = 0; o < O; o += 32) for (int i = 0; i < I; i += 32)
        product(32, 32, P, a + (int64_t)o * P, P, 32, b + (int64_t)i / 2 * P, 32, c + ((int64_t)o * I + i * 32), 32, some);
      some = true;
    }
    if (!some) std::memset(c, 0, (size_t)O * I * 4);
#pragma omp barrier
#pragma omp for
    for (int o = 0; o < O; o += 32) for (int i = 0; i < I; i += 32) for (int r = 0; r < 32; r++) for (int d = 0; d < 32; d += 16) {
      vf v = {};
      for (int k = 0; k < omp_get_num_threads(); k++) v += load<vf>(sums[k] + (int64_t)o * I + i * 32 + r * 32 + d);
      store(w + (int64_t)(o + r) * I + i + d, narrow(v));
    }
  }
}

// -- passes over rows ---------------------------------------------------------------
// x += o (unless o is null, then x stays); h = x / rms(x), r = 1 / rms(x); x, o, h [N, W], r [N], W a multiple of 16
void add_norm(const bf16* x, const bf16* o, bf16* s, bf16* h, float* r, int N, int W, float eps, int threads) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 64)
  for (int i = 0; i < N; i++) {
    const int64_t at = (int64_t)i * W;
    vf q = {};
    const bf16* y = x + at;
    if (o) {
      for (int d = 0; d < W; d += 16) { const vh v = narrow(wide(x + at + d) + wide(o + at + d)); store(s + at + d, v); q += widen(v) * widen(v); }
      y = s + at;
    } else for (int d = 0; d < W; d += 16) { const vf v = wide(y + d); q += v * v; }
    const float k = r[i] = 1 / std::sqrt(sum(q) / W + eps);
    for (int d = 0; d < W; d += 16) store(h + at + d, narrow(wide(y + d) * k));
  }
}
// gs (or null), gh: gradients of the sum and of h -> g of the summands
void add_norm_back(const bf16* gs, const bf16* gh, const bf16* h, const float* r, bf16* g, int N, int W, int threads) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 64)
  for (int i = 0; i < N; i++) {
    const int64_t at = (int64_t)i * W;
    vf q = {};
    for (int d = 0; d < W; d += 16) q += wide(gh + at + d) * wide(h + at + d);
    const float k = r[i], m = sum(q) / W;
    for (int d = 0; d < W; d += 16) {
      const vf v = (wide(gh + at + d) - wide(h + at + d) * m) * k;
      store(g + at + d, narrow(gs ? v + wide(gs + at + d) : v));
    }
  }
}
// z [N, 2 F]: gate, up -> out [N, F] = silu(gate) up; F a multiple of 16
void swiglu(const bf16* z, bf16* out, int N, int F, int threads) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 64)
  for (int i = 0; i < N; i++) for (int d = 0; d < F; d += 16) {
    const vf a = wide(z + (int64_t)i * 2 * F + d), b = wide(z + (int64_t)i * 2 * F + F + d);
    store(out + (int64_t)i * F + d, narrow(a * b * sigmoid(a)));
  }
}
void swiglu_back(const bf16* z, const bf16* g, bf16* dz, int N, int F, int threads) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 64)
  for (int i = 0; i < N; i++) for (int d = 0; d < F; d += 16) {
    const int64_t at = (int64_t)i * 2 * F + d;
    const vf a = wide(z + at), b = wide(z + at + F), go = wide(g + (int64_t)i * F + d);
    const vf s = sigmoid(a);
    store(dz + at, narrow(go * b * s * (1 + a * (1 - s))));
    store(dz + at + F, narrow(go * a * s));
  }
}
// x [N, V] logits, target [N] -> loss [N], lse [N] (base e); V a multiple of 16
void cross_entropy(const bf16* x, const int64_t* target, float* loss, float* lse, int N, int V, int threads) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 64)
  for (int i = 0; i < N; i++) {
    const bf16* y = x + (int64_t)i * V;
    vf t = all(-1e30f), s = {};
    for (int d = 0; d < V; d += 16) t = top(t, wide(y + d));
    float m = t[0];
    for (int j = 1; j < 16; j++) m = t[j] > m ? t[j] : m;
    for (int d = 0; d < V; d += 16) s += exp2v((wide(y + d) - m) * 1.44269504f);
    lse[i] = m + logf(sum(s));
    uint32_t u = (uint32_t)y[target[i]] << 16;
    float z; std::memcpy(&z, &u, 4);
    loss[i] = lse[i] - z;
  }
}
void cross_entropy_back(const bf16* x, const int64_t* target, const float* lse, const float* g, bf16* dx, int N, int V, int threads) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 64)
  for (int i = 0; i < N; i++) {
    const bf16* y = x + (int64_t)i * V;
    for (int d = 0; d < V; d += 16) {
      vf p = exp2v((wide(y + d) - lse[i]) * 1.44269504f);
      if (target[i] >= d && target[i] < d + 16) p[target[i] - d] -= 1;
      store(dx + (int64_t)i * V + d, narrow(p * g[i]));
    }
  }
}
}
