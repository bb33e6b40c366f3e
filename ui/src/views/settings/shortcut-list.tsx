// The list of shortcuts.

import { texts } from '../../text/texts';
import { SHORTCUTS } from '../call/shortcuts';
import styles from './shortcut-list.module.css';

export function ShortcutList() {
  return (
    <dl className={styles['shortcuts']}>
      {SHORTCUTS.map(({ keys, does }) => (
        <div key={keys} className={styles['row']}>
          <dt className={styles['does']}>{texts.settings.shortcuts[does]}</dt>
          <dd>
            <kbd className={styles['keys']}>
              {keys === 'Space' ? texts.settings.spaceKey : keys}
            </kbd>
          </dd>
        </div>
      ))}
    </dl>
  );
}
