// The button of the header that shows the verification code of the call.

import { ShieldAlert, ShieldCheck, ShieldQuestionMark, type LucideIcon } from 'lucide-react';
import { isLoud, standingOf, type Standing } from '../../engine/identity/queries';
import type { State } from '../../engine/state';
import { peopleInCall } from '../../engine/verification/queries';
import type { Stage } from '../../engine/verification/state';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { IconButton } from '../parts/icon-button';
import { LazyPart } from '../parts/lazy-part';
import { Popup } from '../parts/popup';
import { useSelected } from '../use-store';
import styles from './check-button.module.css';

const load = async () => (await import('./call-check')).CallCheck;

interface Props {
  readonly form: 'popup' | 'sheet';
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function CheckButton({ form, open, onOpenChange }: Props) {
  const sign = useSelected(useApp().engine, signOf);
  if (sign === null) return null;
  const label = texts.standing.verify;
  const Icon = ICONS[sign];
  return (
    <Popup
      form={form}
      label={texts.standing.code}
      open={open}
      onOpenChange={onOpenChange}
      align="end"
      className={styles['popup']}
      trigger={
        <IconButton label={label} size="small" look="over-picture">
          <Icon size={18} aria-hidden className={styles[sign]} />
        </IconButton>
      }
    >
      <LazyPart load={load} of={{ onClose: () => onOpenChange(false) }} />
    </Popup>
  );
}

type Sign = 'compared' | 'open' | 'doubtful';

const ICONS: Readonly<Record<Sign, LucideIcon>> = {
  compared: ShieldCheck,
  open: ShieldQuestionMark,
  doubtful: ShieldAlert,
};

/** Null where nothing can be compared. */
function signOf(state: State): Sign | null {
  const { stage } = state.verification;
  if (stage.kind === 'off') return null;
  const people = peopleInCall(state);
  const others = people.kind === 'people' ? people.others : [];
  const standings = others.map((person): Standing => standingOf(state.identity, person));
  if (isDoubtful(stage) || standings.some(isLoud)) return 'doubtful';
  return standings.length > 0 && standings.every(isKnown) ? 'compared' : 'open';
}

function isKnown({ kind }: Standing): boolean {
  return kind === 'compared' || kind === 'renamed';
}

/** The code does not fit together, or it was not the same. */
function isDoubtful(stage: Stage): boolean {
  if (stage.kind !== 'round') return false;
  const { progress } = stage;
  return (
    progress.kind === 'broken' || (progress.kind === 'made' && progress.answer === 'different')
  );
}
