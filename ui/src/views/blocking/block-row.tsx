// The same in the options of a tile.

import { Ban, UserCheck } from 'lucide-react';
import { useState } from 'react';

import { isBlocked } from '../../engine/blocking/queries';
import type { MemberId } from '../../protocol/wire';
import { blockingTexts } from '../../text/blocking-texts';
import { useApp } from '../app-context';
import { MenuButton } from '../parts/menu-button';
import { useSelected } from '../use-store';
import { BlockQuestion } from './block-question';

interface Props {
  readonly member: MemberId;
  readonly name: string;
  readonly onDone: () => void;
}

export function BlockRow({ member, name, onDone }: Props) {
  const { engine } = useApp();
  const [step, setStep] = useState<'row' | 'question'>('row');
  if (useSelected(engine, (state) => isBlocked(state, member))) {
    return (
      <MenuButton
        icon={UserCheck}
        label={blockingTexts.unblock(name)}
        onPress={() => {
          engine.dispatch({ type: 'person-unblocked', member });
          onDone();
        }}
      />
    );
  }
  if (step === 'question') return <BlockQuestion member={member} name={name} onDone={onDone} />;
  return (
    <MenuButton icon={Ban} label={blockingTexts.block(name)} onPress={() => setStep('question')} />
  );
}
