/** What the header of a PNG file says. */
import { readFileSync } from "node:fs";

export interface Png {
  readonly width: number;
  readonly height: number;
  /** Whether it has an alpha channel. */
  readonly transparent: boolean;
}

/** Throws where the file is no PNG. */
export function png(file: string): Png {
  const bytes = readFileSync(file);
  if (bytes.subarray(1, 4).toString() !== "PNG") throw new Error(`${file} is no PNG.`);
  const colourType = bytes[25]!;
  return {
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    transparent: colourType === 4 || colourType === 6,
  };
}
