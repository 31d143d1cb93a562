/** Things that are pushed, to be read one after the other: the way from events to `for await`. */

/**
 * Runs `produce` at once and keeps what it pushes until it is read. What `produce` throws reaches the reader behind
 * all that was pushed before. `onLeft` is called when the reader goes before the end. To be read once.
 */
export function pushed<T>(
  produce: (push: (value: T) => void) => Promise<void>,
  onLeft: () => void,
): AsyncIterable<T> {
  const values: T[] = [];
  let ended = false;
  let wake = () => {};
  const produced = produce((value) => {
    values.push(value);
    wake();
  }).finally(() => {
    ended = true;
    wake();
  });
  produced.catch(() => {}); // whoever reads hears of it

  async function* read(): AsyncGenerator<T> {
    try {
      while (true) {
        while (values.length > 0) yield values.shift()!;
        if (ended) return await produced.then(() => undefined);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      if (!ended) onLeft();
    }
  }
  return read();
}
