// The heading of a screen; the focus goes to it when the screen before is gone.
//
// Invariant: it never takes the focus from anything that has it.

import { useEffect, useRef, type ReactNode } from 'react';

import styles from './screen-title.module.css';

export function ScreenTitle({ children }: { readonly children: ReactNode }) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) ref.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={ref} tabIndex={-1} className={styles['title']}>
      {children}
    </h1>
  );
}
