// `RTCStatsReport` (W3C webrtc-pc, 8.3): a read-only Map.

import { illegalConstructor } from './error.ts';
import { CONSTRUCTOR_KEY } from './transports.ts';

export type Stats = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly type: string;
  readonly timestamp: number;
};

export class StatsReport implements ReadonlyMap<string, Stats> {
  readonly #entries: ReadonlyMap<string, Stats>;

  constructor(key?: symbol, entries: Iterable<Stats> = []) {
    if (key !== CONSTRUCTOR_KEY) throw illegalConstructor();
    this.#entries = new Map([...entries].map((entry) => [entry.id, entry]));
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): Stats | undefined {
    return this.#entries.get(id);
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  keys(): MapIterator<string> {
    return this.#entries.keys();
  }

  values(): MapIterator<Stats> {
    return this.#entries.values();
  }

  entries(): MapIterator<[string, Stats]> {
    return this.#entries.entries();
  }

  forEach(
    callback: (value: Stats, key: string, report: ReadonlyMap<string, Stats>) => void,
    thisArgument?: unknown,
  ): void {
    this.#entries.forEach((value, key) => callback.call(thisArgument, value, key, this));
  }

  [Symbol.iterator](): MapIterator<[string, Stats]> {
    return this.#entries.entries();
  }
}
