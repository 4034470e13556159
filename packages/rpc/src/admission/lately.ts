import { performance } from "node:perf_hooks";

/** What is longer ago than one to two times this is not lately, in milliseconds. */
const LATELY_MS = 1_000;

/** The callers of the last one or two seconds. */
export class Lately {
  #before = new Set<string>();
  #now = new Set<string>();
  #sinceMs = performance.now();

  add(key: string): void {
    const now = performance.now();
    if (now - this.#sinceMs > LATELY_MS) {
      this.#before = now - this.#sinceMs > 2 * LATELY_MS ? new Set() : this.#now;
      this.#now = new Set();
      this.#sinceMs = now;
    }
    this.#now.add(key);
  }

  /** How many callers, at least one. */
  count(): number {
    return Math.max(1, this.#before.size, this.#now.size);
  }
}
