// The passcode of a room: typed, hidden until it is asked for, or four words that the page proposes.

import { Dices, Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';

import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { classes } from '../parts/classes';
import { TextField } from '../parts/text-field';
import { useStore } from '../use-store';
import styles from './passcode-field.module.css';

interface Props {
  readonly locked: boolean;
  readonly problem: string | null;
  readonly onEdit: (passcode: string) => void;
  /** Folds the field; null where a passcode is needed. */
  readonly onRemove: (() => void) | null;
}

export function PasscodeField({ locked, problem, onEdit, onRemove }: Props) {
  const app = useApp();
  const passcode = useStore(app.passcode) ?? '';
  const [shown, setShown] = useState<'shown' | 'hidden'>('hidden');
  const words = texts.lobby.passcode;

  async function suggest() {
    const suggested = await app.suggestPasscode().catch(() => null);
    if (suggested === null) return app.notify(texts.problem({ code: 'relay-silent' }));
    setShown('shown');
    onEdit(suggested);
  }

  const EyeIcon = shown === 'shown' ? EyeOff : Eye;
  return (
    <div className={styles['passcode']}>
      <TextField
        label={words.label}
        name="passcode"
        hint={words.hint}
        autoComplete="off"
        className={classes(shown === 'hidden' && styles['hidden'])}
        value={passcode}
        readOnly={locked}
        problem={problem}
        onValueChange={onEdit}
      />
      {locked ? null : (
        <div className={styles['buttons']}>
          <Button
            size="small"
            kind="quiet"
            aria-pressed={shown === 'shown'}
            onClick={() => setShown(shown === 'shown' ? 'hidden' : 'shown')}
          >
            <EyeIcon size={16} aria-hidden />
            {words.show}
          </Button>
          <Button size="small" kind="quiet" onClick={() => void suggest()}>
            <Dices size={16} aria-hidden />
            {words.suggest}
          </Button>
          {onRemove === null ? null : (
            <Button size="small" kind="quiet" onClick={onRemove}>
              {words.remove}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
