/** One task at a time: what comes while another runs waits for its turn, in order. */
export class TaskQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `task` after all that came before it, whether those succeeded or not. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => {});
    return result;
  }
}
