/** Measures consecutive stretches of work. */

/** Returns a function that gives the milliseconds since its last call (the first: since the start). */
export function startStopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const passed = now - last;
    last = now;
    return passed;
  };
}
