// The page's handle for its media worker. Starts the worker with the first message, and again after
// it has failed.
//
// Invariant: a worker that fails is terminated, and `lost` is called. Its later messages are ignored.

import type { FromWorker, ToWorker } from './message.ts';

export interface WorkerListener {
  message(message: FromWorker): void;
  lost(): void;
}

export class WorkerHandle {
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

  /** Starts the worker unless it runs. */
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
