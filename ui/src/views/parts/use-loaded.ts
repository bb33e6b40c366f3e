// A part of the page that loads after it. What needs it is left out until then, and if it cannot be
// loaded.

import { useEffect, useState } from 'react';

/** `load` is the same function in every render. */
export function useLoaded<T>(load: () => Promise<T>): T | null {
  const [loaded, setLoaded] = useState<{ readonly part: T } | null>(null);
  useEffect(() => {
    let isOpen = true;
    load().then(
      (part) => (isOpen ? setLoaded({ part }) : undefined),
      () => undefined,
    );
    return () => {
      isOpen = false;
    };
  }, [load]);
  return loaded?.part ?? null;
}
