// A row of a popup: an action, or a switch between two states.

import type { LucideIcon } from 'lucide-react';

import { Sentence } from './sentence';
import styles from './menu-button.module.css';

interface Props {
  readonly icon: LucideIcon;
  /** A sentence: names in it are isolated. */
  readonly label: string;
  /** The shortcut, shown at the end of the row. */
  readonly shortcut?: string | undefined;
  /** Of a switch; an action has none. */
  readonly state?: 'on' | 'off';
  /** The panel that the row opens. */
  readonly panel?: string;
  readonly onPress: () => void;
}

export function MenuButton({ icon: Icon, label, shortcut, state, panel, onPress }: Props) {
  return (
    <button
      type="button"
      aria-pressed={state === undefined ? undefined : state === 'on'}
      aria-keyshortcuts={shortcut}
      data-panel={panel}
      className={styles['row']}
      onClick={onPress}
    >
      <Icon size={18} aria-hidden />
      <span className={styles['label']}>
        <Sentence>{label}</Sentence>
      </span>
      {shortcut === undefined ? null : (
        <kbd aria-hidden className={styles['key']}>
          {shortcut}
        </kbd>
      )}
    </button>
  );
}
