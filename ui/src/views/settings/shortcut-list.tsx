// The list of shortcuts.

import { SHORTCUTS } from '../call/shortcuts';
import styles from './shortcut-list.module.css';

export function ShortcutList() {
  return (
    <dl className={styles['shortcuts']}>
      {SHORTCUTS.map(({ keys, does }) => (
        <div key={keys} className={styles['row']}>
          <dt className={styles['does']}>{does}</dt>
          <dd>
            <kbd className={styles['keys']}>{keys}</kbd>
          </dd>
        </div>
      ))}
    </dl>
  );
}
