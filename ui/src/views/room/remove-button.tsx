// Removes somebody from a private room. It asks once more, in its place.

import { UserMinus } from 'lucide-react';
import { useState } from 'react';

import type { MemberId } from '../../protocol/wire';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { IconButton } from '../parts/icon-button';

/** The question takes the focus, and its loss takes the question back. */
const focus = (button: HTMLButtonElement | null): void => button?.focus();

interface Props {
  readonly member: MemberId;
  readonly name: string;
}

export function RemoveButton({ member, name }: Props) {
  const { engine } = useApp();
  const [step, setStep] = useState<'button' | 'question'>('button');
  const words = texts.room.entry;
  if (step === 'button') {
    return (
      <IconButton label={words.remove(name)} size="small" onClick={() => setStep('question')}>
        <UserMinus size={18} aria-hidden />
      </IconButton>
    );
  }
  return (
    <Button
      kind="stop"
      size="small"
      ref={focus}
      aria-label={words.reallyRemove(name)}
      onBlur={() => setStep('button')}
      onClick={() => engine.dispatch({ type: 'remove-pressed', member })}
    >
      {words.removeNow}
    </Button>
  );
}
