// Whether calls in this room hide the own network address, and what to do where they cannot.

import { callAbility, hasTurn, ownAddress } from '../../engine/address/queries';
import type { OwnAddress as Choice } from '../../engine/address/state';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { Notice } from '../parts/notice';
import { SwitchField } from '../parts/switch-field';
import { useSelected } from '../use-store';

export function OwnAddress() {
  const { engine } = useApp();
  const { keptAddress, ability, isHidden, canHide } = useSelected(engine, (state) => ({
    keptAddress: state.keptAddress,
    ability: callAbility(state),
    isHidden: ownAddress(state) === 'relayed',
    canHide: hasTurn(state),
  }));
  const visible: Choice = keptAddress === 'relayed' ? 'answered' : keptAddress;
  const choose = (address: Choice) =>
    engine.dispatch({ type: 'address-chosen', address, scope: 'room' });

  if (ability === 'no-turn') {
    return (
      <Notice
        kind="caution"
        action={
          <Button size="small" onClick={() => choose(visible)}>
            {texts.room.address.show}
          </Button>
        }
      >
        {texts.room.address.noTurn}
      </Notice>
    );
  }
  if (!canHide) return null;
  return (
    <SwitchField
      label={texts.room.address.hide}
      hint={texts.room.address.hideHint}
      checked={isHidden}
      onChange={(hidden) => choose(hidden ? 'relayed' : visible)}
    />
  );
}
