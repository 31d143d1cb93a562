/** Times the rivals of a bench in turn, so that a busy machine slows all of them alike. */

/** Median seconds of each, after one round that is not counted (shaders compile in it). */
export async function timeInTurn<Name extends string>(
  rivals: Record<Name, () => Promise<void>>,
  rounds: number,
): Promise<Record<Name, number>> {
  const names = Object.keys(rivals) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const start = performance.now();
      await rivals[name]();
      if (round > 0) times.get(name)!.push((performance.now() - start) / 1000);
    }
  }
  const median = (all: number[]) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)]!;
  return Object.fromEntries(names.map((name) => [name, median(times.get(name)!)])) as Record<Name, number>;
}

/** The sizes that the kernels' benches run over: rows of a small, a middle and a large prefix. */
export const BENCH_SIZES = [
  { rows: 64, shape: { layers: 6, kvHeads: 2, headDim: 64 } },
  { rows: 512, shape: { layers: 6, kvHeads: 2, headDim: 64 } },
  { rows: 1024, shape: { layers: 8, kvHeads: 8, headDim: 64 } },
] as const;

export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(2)} MiB`;
}

export function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(1)} ms`;
}
