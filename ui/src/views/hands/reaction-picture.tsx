// The drawings of the six reactions: legible at 28 px, on light, dark and moving pictures.

import type { ReactNode } from 'react';

import type { Reaction } from '../../engine/wire/talk/hands';
import { classes } from '../parts/classes';
import styles from './reaction-picture.module.css';

const FACE = <circle cx="16" cy="16" r="12.5" className={styles['skin']} />;

/** A hand with its thumb up, and a sleeve. */
const THUMB = (
  <>
    <path
      className={styles['skin']}
      d="M11.5 14.6 15.4 5.9c.6-1.5 2.2-2.1 3.5-1.4 1.3.7 1.7 2.2 1.3 3.7L19 12.4h5.9c1.9 0 3.1 1.5 2.7 3.3l-1.9 8.1c-.4 1.6-1.7 2.6-3.3 2.6h-7.6l-3.3-1.3z"
    />
    <path className={styles['line']} d="M22.4 16.4h3.6M21.9 20h3.3M21.4 23.4h2.8" />
    <rect x="4.3" y="13.2" width="6.6" height="13.4" rx="2" className={styles['sleeve']} />
  </>
);

/** A flat hand that points up. */
const PALM = (
  <path d="M8.2 17.6V9.3a1.7 1.7 0 0 1 3.4 0V7a1.7 1.7 0 0 1 3.4 0v.8a1.7 1.7 0 0 1 3.4 0V10a1.65 1.65 0 0 1 3.3 0v9.4c0 4.6-2.9 7.6-6.9 7.6-3 0-5-1.3-6.5-4L5.2 18.3a1.75 1.75 0 0 1 2.9-1.9z" />
);

const DRAWINGS: Readonly<Record<Reaction, ReactNode>> = {
  applause: (
    <>
      <g className={styles['shade']} transform="translate(-4.6 3.6) rotate(-24 15 17) scale(.92)">
        {PALM}
      </g>
      <g className={styles['skin']} transform="translate(6.4 4.4) rotate(18 15 17) scale(.92)">
        {PALM}
      </g>
      <path className={styles['spark']} d="M13.5 2.2 14.3 5M19 1.6 18.5 4.4M8.6 4 10.3 6.3" />
    </>
  ),
  heart: (
    <path
      className={styles['red']}
      d="M16 28C9.2 22.9 3.5 18 3.5 11.7 3.5 7.9 6.4 5 10 5c2.4 0 4.6 1.2 6 3.2C17.4 6.2 19.6 5 22 5c3.6 0 6.5 2.9 6.5 6.7C28.5 18 22.8 22.9 16 28z"
    />
  ),
  laugh: (
    <>
      {FACE}
      <path
        className={styles['stroke']}
        d="M7.9 13.6c.8-2.3 4.2-2.3 5 0M19.1 13.6c.8-2.3 4.2-2.3 5 0"
      />
      <path className={styles['dark']} d="M8.5 17h15a7.5 7.5 0 0 1-15 0z" />
      <path
        className={styles['red']}
        d="M12 23c1-1.6 2.3-2.3 4-2.3s3 .7 4 2.3a7.5 7.5 0 0 1-8 0z"
      />
    </>
  ),
  yes: THUMB,
  no: <g transform="matrix(1 0 0 -1 0 31)">{THUMB}</g>,
  wow: (
    <>
      {FACE}
      <path
        className={styles['stroke']}
        d="M8.6 9.3c.8-1.3 2.2-1.9 3.7-1.6M23.4 9.3c-.8-1.3-2.2-1.9-3.7-1.6"
      />
      <ellipse cx="11.4" cy="14" rx="1.8" ry="2.3" className={styles['dark']} />
      <ellipse cx="20.6" cy="14" rx="1.8" ry="2.3" className={styles['dark']} />
      <ellipse cx="16" cy="21.8" rx="3.3" ry="4.3" className={styles['dark']} />
    </>
  ),
};

interface Props {
  readonly reaction: Reaction;
  readonly className?: string | undefined;
}

export function ReactionPicture({ reaction, className }: Props) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={classes(styles['picture'], className)}>
      {DRAWINGS[reaction]}
    </svg>
  );
}
