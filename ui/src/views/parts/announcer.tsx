// Live region for the announcements.
//
// Invariant: two equal consecutive announcements are both announced; two regions alternate.

import { useApp } from '../app-context';
import { useStore } from '../use-store';
import styles from './hidden.module.css';
import { Sentence } from './sentence';

export function Announcer() {
  const { text, count } = useStore(useApp().announcement);
  const first = count % 2 === 0;
  return (
    <div className={styles['hidden']}>
      <div aria-live="polite">{first ? <Sentence>{text}</Sentence> : ''}</div>
      <div aria-live="polite">{first ? '' : <Sentence>{text}</Sentence>}</div>
    </div>
  );
}
