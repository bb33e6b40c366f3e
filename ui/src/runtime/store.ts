// An observable value for `useSyncExternalStore`.
//
// Invariant: listeners are called only for a different value, after it is set.

import type { Store } from '../app';

export interface Writable<T> extends Store<T> {
  set(value: T): void;
}

export function store<T>(initial: T): Writable<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
  };
}
