// The dock's button of the own hand.

import { Hand } from 'lucide-react';

import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { IconButton } from '../parts/icon-button';
import { useSelected } from '../use-store';

export function HandButton() {
  const { engine } = useApp();
  const position = useSelected(engine, ({ hands }) => hands.own.position);
  const words = texts.reactions;
  return (
    <IconButton
      label={position === 'raised' ? words.lowerHand : words.raiseHand}
      shortcut="H"
      size="dock"
      look={position === 'raised' ? 'open' : 'in-dock'}
      onClick={() => engine.dispatch({ type: 'hand-toggled' })}
    >
      <Hand size={24} aria-hidden />
    </IconButton>
  );
}
