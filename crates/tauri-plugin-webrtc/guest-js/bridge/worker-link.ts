// The page's worker: started with the first message to it, and anew after it has died.
//
// Invariant: a worker that fails is ended for good, and `lost` is told; nothing of it is heard
// after that.

import type { FromWorker, ToWorker } from './message.ts';

export interface WorkerListener {
  message(message: FromWorker): void;
  lost(): void;
}

export class WorkerLink {
  readonly #start: () => Worker;
  readonly #listeners: WorkerListener[] = [];
  #worker: Worker | null = null;

  constructor(start: () => Worker) {
    this.#start = start;
  }

  listen(listener: WorkerListener): void {
    this.#listeners.push(listener);
  }

  post(message: ToWorker, transfer: Transferable[] = []): void {
    this.wake().postMessage(message, transfer);
  }

  /** Starts it, where it does not run. */
  wake(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = this.#start();
    this.#worker = worker;
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      if (this.#worker !== worker) return;
      for (const listener of this.#listeners) listener.message(data);
    });
    const fail = (): void => this.#lose(worker);
    worker.addEventListener('error', fail);
    worker.addEventListener('messageerror', fail);
    return worker;
  }

  #lose(worker: Worker): void {
    if (this.#worker !== worker) return;
    worker.terminate();
    this.#worker = null;
    for (const listener of this.#listeners) listener.lost();
  }
}
