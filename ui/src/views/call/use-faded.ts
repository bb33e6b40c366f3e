// Whether something that may fade has been shown long enough.

import { useEffect, useState } from 'react';

const SHOWN_MS = 3000;

export function useFaded(mayFade: boolean): boolean {
  const [isFaded, setFaded] = useState(false);
  useEffect(() => {
    if (!mayFade) return;
    const timer = window.setTimeout(() => setFaded(true), SHOWN_MS);
    return () => {
      window.clearTimeout(timer);
      setFaded(false);
    };
  }, [mayFade]);
  return isFaded && mayFade;
}
