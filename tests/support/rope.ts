/** Rotary position by another road than the project's: complex numbers in f64, no table, no shared code. */

/** `key` (`[headDim]`) turned by `position`: element i and element i + rotaryDim / 2 are one complex number. */
export function ropeByComplexNumbers(
  key: ArrayLike<number>,
  position: number,
  theta: number,
  rotaryDim = key.length,
): number[] {
  const turned = Array.from(key);
  for (let i = 0; 2 * i < rotaryDim; i++) {
    const j = i + rotaryDim / 2;
    const radius = Math.hypot(key[i]!, key[j]!);
    const angle = Math.atan2(key[j]!, key[i]!) + position / theta ** ((2 * i) / rotaryDim);
    turned[i] = radius * Math.cos(angle);
    turned[j] = radius * Math.sin(angle);
  }
  return turned;
}
