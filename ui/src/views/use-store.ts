// Reads a store in a component, which is drawn again when what it reads changes.

import { useState, useSyncExternalStore } from 'react';

import type { Store } from '../app';
import { isSameData } from './same-data';

/** The whole value, for a store of few changes. */
export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}

/**
 * The part of it that a component shows. Of the engine's state, which changes with each pointer that
 * moves and each measurement, no view reads the whole.
 */
export function useSelected<T, Part>(store: Store<T>, select: (value: T) => Part): Part {
  const [keep] = useState(() => keeper<Part>());
  return useSyncExternalStore(store.subscribe, () => keep(select(store.get())));
}

/** Gives an equal part the identity of the one before. */
function keeper<Part>(): (part: Part) => Part {
  let last: { readonly part: Part } | null = null;
  return (part) => {
    if (last !== null && isSameData(last.part, part)) return last.part;
    last = { part };
    return part;
  };
}
