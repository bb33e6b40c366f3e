// The heading of a screen; receives the focus when the screen changes.
//
// Invariant: it never takes the focus from another element.

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
