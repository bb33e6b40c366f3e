// The avatar of a person without video: coloured initials.

import { classes } from './classes';
import styles from './avatar.module.css';
import { initials, personColour } from '../person';

interface Props {
  readonly email: string;
  readonly size: 'normal' | 'medium' | 'large' | 'fluid';
}

export function Avatar({ email, size }: Props) {
  return (
    <span
      className={classes(styles['avatar'], styles[size])}
      style={{ background: `var(--person-${personColour(email)})` }}
      aria-hidden
    >
      {initials(email)}
    </span>
  );
}
