// Masked softmax over attention scores, forward and backward, in place and in one pass over memory.
// Scores are bf16; what a row may not see becomes an exact zero. Called from fused.py through ctypes.
#include <cmath>
#include <cstdint>
#include <cstring>

static inline float widen(uint16_t x) { uint32_t u = uint32_t(x) << 16; float f; std::memcpy(&f, &u, 4); return f; }
static inline uint16_t narrow(float f) { uint32_t u; std::memcpy(&u, &f, 4); return uint16_t((u + 0x7fff + ((u >> 16) & 1)) >> 16); }

// one row in two parts: a (n_a of t_a keys may be seen, add_a added), b (keys with same[j] == me among the first n_b of t_b)
static inline void row(uint16_t* a, int n_a, int t_a, const float* add_a, uint16_t* b, int n_b, int t_b, const int32_t* same, int32_t me) {
  float x[8192];
  float top = -1e30f;
  for (int j = 0; j < n_a; j++) { x[j] = widen(a[j]) + add_a[j]; top = x[j] > top ? x[j] : top; }
  float* y = x + n_a;
  for (int j = 0; j < n_b; j++) { y[j] = same[j] == me ? widen(b[j]) : -1e9f; top = y[j] > top ? y[j] : top; }
  float sum = 0;
  const int n = n_a + n_b;
  for (int j = 0; j < n; j++) { x[j] = expf(x[j] - top); sum += x[j]; }
  const float k = 1.0f / sum;
  for (int j = 0; j < n_a; j++) a[j] = narrow(x[j] * k);
  for (int j = 0; j < n_b; j++) b[j] = narrow(y[j] * k);
  if (t_a > n_a) std::memset(a + n_a, 0, 2 * size_t(t_a - n_a));
  if (t_b > n_b) std::memset(b + n_b, 0, 2 * size_t(t_b - n_b));
}

static inline void row_back(uint16_t* da, const uint16_t* a, int n_a, int t_a, uint16_t* db, const uint16_t* b, int n_b, int t_b) {
  float dot = 0;
  for (int j = 0; j < n_a; j++) dot += widen(da[j]) * widen(a[j]);
  for (int j = 0; j < n_b; j++) dot += widen(db[j]) * widen(b[j]);
  for (int j = 0; j < n_a; j++) da[j] = narrow(widen(a[j]) * (widen(da[j]) - dot));
  for (int j = 0; j < n_b; j++) db[j] = narrow(widen(b[j]) * (widen(db[j]) - dot));
  if (t_a > n_a) std::memset(da + n_a, 0, 2 * size_t(t_a - n_a));
  if (t_b > n_b) std::memset(db + n_b, 0, 2 * size_t(t_b - n_b));
}

extern "C" {
// s1 [B, KV, R, n, L, T], s2 [B, KV, R, n, L, L], vis, branch [B, R, L], add [B, T]
void lane_softmax(uint16_t* s1, uint16_t* s2, const int32_t* vis, const int32_t* branch, const float* add, int B, int KV, int R, int n, int L, int T) {
#pragma omp parallel for collapse(3) schedule(dynamic)
  for (int b = 0; b < B; b++) for (int k = 0; k < KV; k++) for (int r = 0; r < R; r++)
    for (int h = 0; h < n; h++) for (int l = 0; l < L; l++) {
      const int64_t i = ((((int64_t)b * KV + k) * R + r) * n + h) * L + l;
      const int32_t* br = branch + ((int64_t)b * R + r) * L;
      row(s1 + i * T, vis[((int64_t)b * R + r) * L + l], T, add + (int64_t)b * T, s2 + i * L, l + 1, L, br, br[l]);
    }
}
void lane_back(uint16_t* d1, const uint16_t* p1, uint16_t* d2, const uint16_t* p2, const int32_t* vis, int B, int KV, int R, int n, int L, int T) {
#pragma omp parallel for collapse(3) schedule(dynamic)
  for (int b = 0; b < B; b++) for (int k = 0; k < KV; k++) for (int r = 0; r < R; r++)
    for (int h = 0; h < n; h++) for (int l = 0; l < L; l++) {
      const int64_t i = ((((int64_t)b * KV + k) * R + r) * n + h) * L + l;
      row_back(d1 + i * T, p1 + i * T, vis[((int64_t)b * R + r) * L + l], T, d2 + i * L, p2 + i * L, l + 1, L);
    }
}
// s [B, H, T, T], add [B, T, T]
void trunk_softmax(uint16_t* s, const float* add, int B, int H, int T) {
#pragma omp parallel for collapse(2) schedule(dynamic)
  for (int b = 0; b < B; b++) for (int h = 0; h < H; h++)
    for (int t = 0; t < T; t++) {
      uint16_t* x = s + (((int64_t)b * H + h) * T + t) * T;
      row(x, t + 1, T, add + ((int64_t)b * T + t) * T, nullptr, 0, 0, nullptr, 0);
    }
}
void trunk_back(uint16_t* d, const uint16_t* p, int B, int H, int T) {
#pragma omp parallel for collapse(2) schedule(dynamic)
  for (int b = 0; b < B; b++) for (int h = 0; h < H; h++)
    for (int t = 0; t < T; t++) {
      const int64_t i = (((int64_t)b * H + h) * T + t) * T;
      row_back(d + i, p + i, t + 1, T, nullptr, nullptr, 0, 0);
    }
}
}
