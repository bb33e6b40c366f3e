// A row of a popup: an action, or a switch between two states.

import type { LucideIcon } from 'lucide-react';

import styles from './menu-button.module.css';

interface Props {
  readonly icon: LucideIcon;
  readonly label: string;
  /** The shortcut, shown at the end of the row. */
  readonly shortcut?: string | undefined;
  /** Of a switch; an action has none. */
  readonly state?: 'on' | 'off';
  readonly onPress: () => void;
}

export function MenuButton({ icon: Icon, label, shortcut, state, onPress }: Props) {
  return (
    <button
      type="button"
      aria-pressed={state === undefined ? undefined : state === 'on'}
      aria-keyshortcuts={shortcut}
      className={styles['row']}
      onClick={onPress}
    >
      <Icon size={18} aria-hidden />
      <span className={styles['label']}>{label}</span>
      {shortcut === undefined ? null : (
        <kbd aria-hidden className={styles['key']}>
          {shortcut}
        </kbd>
      )}
    </button>
  );
}
