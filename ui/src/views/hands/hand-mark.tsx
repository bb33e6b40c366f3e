// The mark of a raised hand, with the number of its turn.

import { Hand } from 'lucide-react';

import { texts } from '../../text/texts';
import { Hidden } from '../parts/hidden';
import styles from './hand-mark.module.css';

export function HandMark({ turn }: { readonly turn: number | null }) {
  if (turn === null) return null;
  return (
    <span className={styles['mark']}>
      <Hand size={14} aria-hidden />
      <span aria-hidden>{turn}</span>
      <Hidden>{texts.reactions.handRaised(turn)}</Hidden>
    </span>
  );
}
