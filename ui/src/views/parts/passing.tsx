// Shows its content over the video for a limited time.
//
// Invariant: it stays while the pointer is over it or the focus is in it.

import { useEffect, useState, type ReactNode } from 'react';

const SHOWN_MS = 10_000;

export function Passing({ children }: { readonly children: ReactNode }) {
  const [state, setState] = useState<'shown' | 'held' | 'gone'>('shown');

  useEffect(() => {
    if (state !== 'shown') return;
    const timer = window.setTimeout(() => setState('gone'), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [state]);

  if (state === 'gone') return null;
  const hold = () => setState('held');
  const release = () => setState('shown');
  return (
    <div onMouseEnter={hold} onMouseLeave={release} onFocus={hold} onBlur={release}>
      {children}
    </div>
  );
}
