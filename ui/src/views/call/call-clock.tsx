// How long the call has been connected, for the eyes; it is not announced.

import { useEffect, useState } from 'react';

import { clockTime } from './duration';
import styles from './call-header.module.css';

/** Mounted with the first connection, so it counts from there. */
export function CallClock() {
  const [start] = useState(() => performance.now());
  const [now, setNow] = useState(start);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(performance.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <span aria-hidden className={styles['clock']}>
      {clockTime(now - start)}
    </span>
  );
}
