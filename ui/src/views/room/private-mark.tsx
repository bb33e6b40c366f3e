// What is private about a private room, beside its lock, and its passcode for those who ask.

import { Lock } from 'lucide-react';
import { useState } from 'react';

import type { KeptPasscode } from '../../engine/state';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { useStore } from '../use-store';
import styles from './private-mark.module.css';

/** `passcode` is undefined in a room by link. */
export function PrivateMark({ passcode }: { readonly passcode: KeptPasscode | undefined }) {
  const { kind } = useApp().host;
  const words = passcode === undefined ? texts.room.sealed : texts.room.byPasscode;
  return (
    <div className={styles['mark']}>
      <Lock size={18} aria-hidden className={styles['lock']} />
      <div className={styles['words']}>
        <p>{words[kind]}</p>
        {passcode === undefined ? null : <Passcode code={passcode.code} />}
      </div>
    </div>
  );
}

function Passcode({ code }: { readonly code: string }) {
  const app = useApp();
  // As it was typed, if this page has not been loaded again.
  const typed = useStore(app.passcode);
  const [shown, setShown] = useState<'shown' | 'hidden'>('hidden');
  const words = texts.room.byPasscode;
  return (
    <p>
      {shown === 'shown' ? (
        <>
          {words.passcode}
          <bdi className={styles['code']}>{typed ?? code}</bdi>{' '}
        </>
      ) : null}
      <Button
        size="small"
        kind="quiet"
        className={styles['toggle']}
        onClick={() => setShown(shown === 'shown' ? 'hidden' : 'shown')}
      >
        {shown === 'shown' ? words.hide : words.show}
      </Button>
    </p>
  );
}
