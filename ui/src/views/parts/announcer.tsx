// Speaks the app's announcements: the live region for what changes without being asked.
//
// Invariant: two equal announcements in a row are both spoken; they take turns in two regions.

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
