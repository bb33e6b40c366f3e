// The people who are known by their identities, and the own identity.

import { useEffect, useState } from 'react';

import { plainText } from '../../engine/sentence';
import { pinsOf } from '../../engine/identity/pins';
import type { Pin } from '../../engine/identity/state';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { useSelected } from '../use-store';
import { dayOf } from '../verification/day';
import styles from './privacy-settings.module.css';

export function PrivacySettings() {
  const app = useApp();
  const identity = useSelected(app.engine, (state) => state.identity);
  const words = texts.settings.privacy;
  // What is stored may be newer than what a room has loaded.
  useEffect(() => void app.identity.load().catch(() => undefined), [app]);
  const emails = [...new Set(identity.pins.map(({ email }) => email))].toSorted();

  return (
    <>
      <section className={styles['section']}>
        <h3 className={styles['title']}>{words.known}</h3>
        <p className={styles['hint']}>{words.knownHint}</p>
        {emails.length === 0 ? (
          <p>{words.nobody}</p>
        ) : (
          <ul aria-label={words.known} className={styles['people']}>
            {emails.map((email) => (
              <KnownPerson key={email} email={email} pins={pinsOf(identity.pins, email)} />
            ))}
          </ul>
        )}
      </section>
      <OwnIdentity />
    </>
  );
}

interface KnownPersonProps {
  readonly email: string;
  readonly pins: readonly Pin[];
}

function KnownPerson({ email, pins }: KnownPersonProps) {
  const app = useApp();
  const words = texts.settings.privacy;

  function forget() {
    app.engine.dispatch({ type: 'person-forgotten', email, at: Date.now() });
    app.notify(words.forgotten(email));
  }

  return (
    <li className={styles['person']}>
      <span className={styles['who']}>
        <bdi className={styles['email']}>{email}</bdi>
        <span className={styles['hint']}>{knownSince(pins)}</span>
      </span>
      <Button size="small" aria-label={plainText(words.forget(email))} onClick={forget}>
        {words.forgetThis}
      </Button>
    </li>
  );
}

/** The last comparison, or else the first sight. */
function knownSince(pins: readonly Pin[]): string {
  const words = texts.standing;
  const compared = pins.flatMap((pin) => pin.compared ?? []);
  if (compared.length > 0) return words.compared(dayOf(Math.max(...compared)));
  return words.firstSeen(dayOf(Math.min(...pins.map(({ firstSeen }) => firstSeen))));
}

type Renewal = 'not-asked' | 'asked' | 'done' | 'failed';

function OwnIdentity() {
  const app = useApp();
  const words = texts.settings.privacy;
  const [renewal, setRenewal] = useState<Renewal>('not-asked');

  async function renew() {
    setRenewal((await app.identity.renew()) ? 'done' : 'failed');
  }

  function press() {
    if (renewal === 'asked') void renew();
    else setRenewal('asked');
  }

  return (
    <section className={styles['section']}>
      <h3 className={styles['title']}>{words.identity}</h3>
      <p className={styles['hint']}>{words.identityHint}</p>
      <Button kind={renewal === 'asked' ? 'stop' : 'plain'} size="small" onClick={press}>
        {renewal === 'asked' ? words.renewAgain : words.renew}
      </Button>
      <p aria-live="polite" className={styles['hint']}>
        {outcome(renewal)}
      </p>
    </section>
  );
}

function outcome(renewal: Renewal): string {
  const words = texts.settings.privacy;
  switch (renewal) {
    case 'not-asked':
      return '';
    case 'asked':
      return words.renewHint;
    case 'done':
      return words.renewed;
    case 'failed':
      return words.notRenewed;
  }
}
