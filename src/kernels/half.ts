/** 16-bit floats as raw bit patterns, for engines without a 16-bit array type. */

/** Largest finite 16-bit float. */
export const HALF_MAX = 65504;

let floats: Float32Array | undefined;

/** The 32-bit float that a 16-bit pattern stands for. Exact. */
export function floatFromHalf(bits: number): number {
  floats ??= Float32Array.from({ length: 0x10000 }, (_, pattern) => decode(pattern));
  return floats[bits]!;
}

function decode(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

/**
 * The 16-bit pattern nearest to a number, ties to even. What lies beyond the range, infinity included, becomes
 * the largest finite number: the shaders do the same, because WGSL leaves that case open.
 */
export function halfFromFloat(value: number): number {
  float[0] = value;
  const bits = word[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520 and above would round to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7bff;
  // Below the smallest normal number: whole multiples of 2^-24.
  if (magnitude < 0x38800000) return sign | roundToEven(Math.abs(float[0]!) * 2 ** 24);
  const rebased = magnitude - 0x38000000;
  return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
}

function roundToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
