// Selects the relay: inside this app, or a server; collapsed by default.
//
// Invariant: a relay problem expands it, so the error is visible.

import { Collapsible } from '@base-ui/react/collapsible';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';

import type { RelayChoice } from '../../engine/state';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { TextField } from '../parts/text-field';
import { OwnRelay } from './own-relay';
import styles from './relay-fields.module.css';

interface Props {
  readonly relay: RelayChoice;
  readonly locked: boolean;
  readonly problem: string | null;
  readonly onChange: (relay: RelayChoice) => void;
}

export function RelayFields({ relay, locked, problem, onChange }: Props) {
  const [wanted, setWanted] = useState(false);
  const open = wanted || problem !== null;
  return (
    <Collapsible.Root open={open} onOpenChange={setWanted}>
      <Collapsible.Trigger className={styles['trigger']}>
        <ChevronRight size={16} aria-hidden className={styles['chevron']} />
        <span>{texts.relay.label}</span>
        <span className={styles['current']}>{relayWords(relay)}</span>
      </Collapsible.Trigger>
      <Collapsible.Panel className={styles['panel']} keepMounted>
        <RelayChoiceFields relay={relay} locked={locked} problem={problem} onChange={onChange} />
      </Collapsible.Panel>
    </Collapsible.Root>
  );
}

/** The same choice without collapsing, for the settings. */
export function RelayChoiceFields({ relay, locked, problem, onChange }: Props) {
  const { ownRelay } = useApp().host;
  // The typed address is restored with the choice.
  const [address, setAddress] = useState(relay.kind === 'server' ? relay.address : '');
  const typed = relay.kind === 'server' ? relay.address : address;

  return (
    <fieldset className={styles['choice']} disabled={locked}>
      <legend className={styles['legend']}>{texts.relay.where}</legend>
      <label className={styles['option']}>
        <input
          type="radio"
          name="relay-kind"
          checked={relay.kind === 'this-computer'}
          onChange={() => onChange({ kind: 'this-computer' })}
        />
        {texts.relay.thisComputer}
      </label>
      {relay.kind === 'this-computer' && problem !== null ? (
        <p className={styles['problem']} role="alert">
          {problem}
        </p>
      ) : null}
      {relay.kind === 'this-computer' && ownRelay !== null ? (
        <div className={styles['own']}>
          <OwnRelay relay={ownRelay} />
        </div>
      ) : null}
      <label className={styles['option']}>
        <input
          type="radio"
          name="relay-kind"
          checked={relay.kind === 'server'}
          onChange={() => onChange({ kind: 'server', address: typed })}
        />
        {texts.relay.server}
      </label>
      {relay.kind === 'server' ? (
        <TextField
          label={texts.relay.address}
          name="relay"
          inputMode="url"
          autoComplete="off"
          placeholder={texts.relay.addressExample}
          value={typed}
          readOnly={locked}
          problem={problem}
          onValueChange={(changed) => {
            setAddress(changed);
            onChange({ kind: 'server', address: changed });
          }}
        />
      ) : null}
    </fieldset>
  );
}

function relayWords(relay: RelayChoice): string {
  if (relay.kind === 'this-computer') return texts.relay.thisComputer;
  return relay.address.trim() === '' ? texts.relay.server : relay.address;
}
