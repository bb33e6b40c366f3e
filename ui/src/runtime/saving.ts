// Saves the newest value, one write at a time.
//
// Invariant: the last value given is the last one written, however slow a write is; of failures in
// a row the first is told.

export function savingLatest<T>(
  write: (value: T) => Promise<void>,
  failed: (error: unknown) => void,
): (value: T) => void {
  let waiting: { readonly value: T } | null = null;
  let writing = false;
  let failures = 0;

  const run = async (): Promise<void> => {
    while (waiting !== null) {
      const { value } = waiting;
      waiting = null;
      try {
        // oxlint-disable-next-line no-await-in-loop -- one write at a time is what this is for
        await write(value);
        failures = 0;
      } catch (error) {
        // Not tried again by itself: the next change brings all of it anew.
        failures += 1;
        if (failures === 1) failed(error);
      }
    }
    // In the same turn as the look at `waiting`: what comes later starts anew.
    writing = false;
  };

  return (value) => {
    waiting = { value };
    if (writing) return;
    writing = true;
    void run();
  };
}
