// The person chooses who learns the own address.
//
// Invariant: a choice holds for the connections that begin after it. Of a running one the other end
// knows the address already, or never learns it.

import { setRoom, type StepContext } from '../step-context';
import type { AddressEvent } from './events';

export function handleAddressChosen(context: StepContext, { address, scope }: AddressEvent): void {
  const { room } = context.state;
  if (scope === 'always') {
    context.state = { ...context.state, keptAddress: address };
    if (room.kind === 'outside' || room.roomSession.ownAddress === undefined) return;
    const { ownAddress: _, ...roomSession } = room.roomSession;
    return setRoom(context, { ...room, roomSession });
  }
  if (room.kind === 'outside') return;
  setRoom(context, { ...room, roomSession: { ...room.roomSession, ownAddress: address } });
}
