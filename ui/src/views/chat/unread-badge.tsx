// The number of messages that are not read, on a button whose description says it.

import { classes } from '../parts/classes';
import styles from './unread-badge.module.css';

const MOST = 99;

interface Props {
  readonly count: number;
  readonly place: 'corner' | 'inline';
}

export function UnreadBadge({ count, place }: Props) {
  if (count === 0) return null;
  // Drawn by the style: text in the button would be a part of its name.
  return (
    <span
      aria-hidden
      data-count={count > MOST ? `${MOST}+` : count}
      className={classes(styles['badge'], styles[place])}
    />
  );
}
