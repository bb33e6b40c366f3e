// Blocks of all files, sent and received, begin one after the other with an interval between them.
//
// Invariant: with an interval of 0 nothing waits.

export interface BlockTurns {
  /** Null: at once. */
  next(): Promise<void> | null;
}

export function blockTurns(): BlockTurns & { setInterval(intervalMs: number): void } {
  let interval = 0;
  let free = 0;
  return {
    setInterval(intervalMs) {
      interval = intervalMs;
    },
    next() {
      if (interval === 0) return null;
      const now = performance.now();
      const at = Math.max(now, free);
      free = at + interval;
      if (at === now) return null;
      return new Promise((resolve) => {
        setTimeout(resolve, at - now);
      });
    },
  };
}
