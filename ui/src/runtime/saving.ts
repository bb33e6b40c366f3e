// Saves the newest value, one write at a time.
//
// Invariant: the last value is written last, however slow a write is. Of consecutive failures only
// the first is reported.

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
        // No retry: the next change saves everything.
        failures += 1;
        if (failures === 1) failed(error);
      }
    }
    // Synchronous with the check of `waiting`: a later value starts a new run.
    writing = false;
  };

  return (value) => {
    waiting = { value };
    if (writing) return;
    writing = true;
    void run();
  };
}
