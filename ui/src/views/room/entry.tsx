// The lock of a private room, and those outside who ask to come in.

import { Check, X } from 'lucide-react';
import { useId } from 'react';

import { shownAsks } from '../../engine/entry/queries';
import { fullName, personNames } from '../../engine/person-name';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Avatar } from '../parts/avatar';
import { Notice } from '../parts/notice';
import { IconButton } from '../parts/icon-button';
import { SwitchField } from '../parts/switch-field';
import { useSelected } from '../use-store';
import styles from './entry.module.css';

export function Entry() {
  const { engine } = useApp();
  const entry = useSelected(engine, (state) => state.entry);
  const isByPasscode = useSelected(engine, ({ room }) => {
    return room.kind === 'inside' && room.roomSession.sealed?.passcode !== undefined;
  });
  const id = useId();
  const words = texts.room.entry;
  const asks = shownAsks({ entry });
  const names = personNames(asks.map(({ email }) => email));
  return (
    <div className={styles['entry']}>
      {entry.others === 'unseen' ? <Notice kind="caution">{words.unseen}</Notice> : null}
      {asks.length === 0 ? null : (
        <>
          <h2 id={id} className={styles['title']}>
            {words.waiting}
          </h2>
          <ul aria-labelledby={id} className={styles['asks']}>
            {asks.map(({ member, email }, index) => {
              const person = names[index] ?? { name: email, email, needsEmail: false };
              const name = fullName(person);
              return (
                <li key={member} className={styles['ask']}>
                  <Avatar email={email} size="normal" />
                  <span className={styles['words']} title={email}>
                    <bdi className={styles['name']}>{person.name}</bdi>
                    {person.name === email ? null : <bdi className={styles['email']}>{email}</bdi>}
                  </span>
                  <IconButton
                    label={words.letIn(name)}
                    size="small"
                    onClick={() => engine.dispatch({ type: 'let-in-pressed', member })}
                  >
                    <Check size={18} aria-hidden />
                  </IconButton>
                  <IconButton
                    label={words.turnAway(name)}
                    size="small"
                    onClick={() => engine.dispatch({ type: 'turn-away-pressed', member })}
                  >
                    <X size={18} aria-hidden />
                  </IconButton>
                </li>
              );
            })}
          </ul>
        </>
      )}
      <SwitchField
        label={words.lock}
        hint={(isByPasscode ? words.hintsByPasscode : words.hints)[entry.entry]}
        checked={entry.entry === 'locked'}
        onChange={() => engine.dispatch({ type: 'room-lock-toggled' })}
      />
    </div>
  );
}
