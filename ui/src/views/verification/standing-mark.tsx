// The mark of a person who was compared, or who is in doubt. Others have none.

import { BadgeCheck, ShieldAlert } from 'lucide-react';

import { isLoud, type Standing } from '../../engine/identity/queries';
import { texts } from '../../text/texts';
import { Hidden } from '../parts/hidden';
import styles from './standing-mark.module.css';

export function StandingMark({ standing }: { readonly standing: Standing }) {
  const words = texts.standing;
  if (isLoud(standing)) {
    return (
      <span className={styles['doubtful']}>
        <ShieldAlert size={16} aria-hidden />
        <Hidden>{words.doubtfulBefore}</Hidden>
      </span>
    );
  }
  if (standing.kind !== 'compared' && standing.kind !== 'renamed') return null;
  return (
    <span className={styles['compared']}>
      <BadgeCheck size={16} aria-hidden />
      <Hidden>{words.comparedBefore}</Hidden>
    </span>
  );
}
