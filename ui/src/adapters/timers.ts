// Named timers for the engine.
//
// Invariant: one timer per name; setting it again replaces it, and a fired timer is removed.

import type { TimersPort } from '../ports';

export function timers(): TimersPort {
  const running = new Map<string, ReturnType<typeof setTimeout>>();
  const clear = (timer: string): void => {
    clearTimeout(running.get(timer));
    running.delete(timer);
  };
  return {
    clear,
    set(timer, ms, fired) {
      clear(timer);
      const handle = setTimeout(() => {
        running.delete(timer);
        fired();
      }, ms);
      running.set(timer, handle);
    },
  };
}
