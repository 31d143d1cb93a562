/** FNV-1a, 32 bits, over UTF-8: the seeded choice that training (Python) and evaluation make alike. */
const encoder = new TextEncoder();

/** An unsigned 32-bit number. */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of encoder.encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
