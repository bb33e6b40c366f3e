// What happened at the door of a room with a passcode: quiet, and nothing where nothing happened.

import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { useStore } from '../use-store';
import styles from './door-count.module.css';

export function DoorCount() {
  const door = useStore(useApp().door);
  if (door === null || door.kind === 'outside') return null;
  const { guesses, newcomers, strangers } = door;
  const words = texts.room.door;
  const lines = [
    ...(guesses === 0 ? [] : [words.guesses(guesses)]),
    ...(newcomers === 'wait' ? [words.newcomersWait] : []),
    ...(strangers === 0 ? [] : [words.strangers(strangers)]),
  ];
  return lines.length === 0 ? null : <p className={styles['count']}>{lines.join(' ')}</p>;
}
