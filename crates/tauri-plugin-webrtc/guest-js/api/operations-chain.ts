// The operations chain (W3C webrtc-pc, 4.4.1.2).
//
// Invariant: one operation runs at a time, in the order of the calls. After `close` no operation
// starts, and the promise of a running one never settles.

import { closedError } from './error.ts';

export class OperationsChain {
  readonly #waiting: (() => void)[] = [];
  readonly #whenEmpty: () => void;
  #running = false;
  #closed = false;

  constructor(whenEmpty: () => void) {
    this.#whenEmpty = whenEmpty;
  }

  get isEmpty(): boolean {
    return !this.#running;
  }

  /** Runs at once when the chain is empty. */
  run<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        this.#running = true;
        operation().then(
          (value) => this.#end(() => resolve(value)),
          (error: unknown) => this.#end(() => reject(error)),
        );
      };
      if (this.#running) this.#waiting.push(begin);
      else begin();
    });
  }

  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
  }

  #end(settle: () => void): void {
    if (this.#closed) return;
    settle();
    this.#running = false;
    const next = this.#waiting.shift();
    if (next === undefined) this.#whenEmpty();
    else next();
  }
}
