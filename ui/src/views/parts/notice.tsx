// A notice in place: a problem or a status, with its action.

import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

import styles from './notice.module.css';
import { classes } from './classes';

export type NoticeKind = 'fact' | 'caution' | 'problem';

interface Props {
  readonly kind: NoticeKind;
  readonly children: ReactNode;
  readonly action?: ReactNode;
  /** Announced when it appears. */
  readonly live?: 'polite' | 'off';
}

export function Notice({ kind, children, action, live = 'off' }: Props) {
  return (
    <div className={classes(styles['notice'], styles[kind])} aria-live={live}>
      <NoticeIcon kind={kind} />
      <p className={styles['words']}>{children}</p>
      {action}
    </div>
  );
}

function NoticeIcon({ kind }: { readonly kind: NoticeKind }) {
  switch (kind) {
    case 'fact':
      return <Info size={18} aria-hidden />;
    case 'caution':
      return <TriangleAlert size={18} aria-hidden />;
    case 'problem':
      return <CircleAlert size={18} aria-hidden />;
  }
}
