// Timers for the engine, by key.
//
// Invariant: one timer per key; setting it again replaces it, and a fired timer is removed.

import type { TimersPort } from '../ports';

export function timers(): TimersPort {
  const running = new Map<string, ReturnType<typeof setTimeout>>();
  const clear = (key: string): void => {
    clearTimeout(running.get(key));
    running.delete(key);
  };
  return {
    clear,
    set(key, ms, fired) {
      clear(key);
      const handle = setTimeout(() => {
        running.delete(key);
        fired();
      }, ms);
      running.set(key, handle);
    },
  };
}
