// In place of the room field: the private room of an invite, and the way back to a room number.

import { Lock } from 'lucide-react';

import { texts } from '../../text/texts';
import { Button } from '../parts/button';
import { Notice } from '../parts/notice';
import { Sentence } from '../parts/sentence';
import styles from './private-place.module.css';

interface Props {
  /** What the room is called. */
  readonly name: string;
  readonly locked: boolean;
  readonly problem: string | null;
  readonly onOtherRoom: () => void;
}

export function PrivatePlace({ name, locked, problem, onOtherRoom }: Props) {
  return (
    <div className={styles['place']}>
      <p className={styles['name']}>
        <Lock size={18} aria-hidden />
        <span>
          <Sentence>{name}</Sentence>
        </span>
      </p>
      {locked ? null : (
        <Button size="small" kind="quiet" onClick={onOtherRoom}>
          {texts.lobby.privateRoom.other}
        </Button>
      )}
      {problem === null ? null : (
        <Notice kind="problem" live="polite">
          {problem}
        </Notice>
      )}
    </div>
  );
}
